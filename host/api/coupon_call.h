// A call about the coupon of its path: its body is read into a command, which the ledger carries out.
#pragma once

#include <utility>
#include <vector>

#include "api/body.h"
#include "api/call.h"

namespace scrip::api {

// `read(fields, command, errors)` takes the members of the body, which may be empty. What it does not take is
// refused.
template <class Command, class Read>
http::Response call_coupon(Service& service, http::Request& request, Command command, Read&& read) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  read(fields, command, errors);
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  const auto about = [&](CouponRef coupon) {
    command.coupon = std::move(coupon);
    return std::move(command);
  };
  return claim(service, request, about_coupon(service, request, about), 200);
}

}  // namespace scrip::api
