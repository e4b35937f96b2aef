// `now` and `facts` in the bodies of the calls that ask what would be.
#pragma once

#include "api/body.h"
#include "policy/supposition.h"

namespace scrip::api {

// {now?, facts?: {user?: {issued?, issued_for_subject?, redeemed?, attributes?}, campaign?: {issued?,
// redeemed?}, counter?: {NAME: n}}}; what is wrong is refused in `fields` and `errors`.
Supposition read_supposition(Fields& fields, std::vector<FieldError>& errors);

}  // namespace scrip::api
