// What a hold has counted (coupon/hold.h: Hold::counts), as the bytes of its row.
#pragma once

#include <string>
#include <string_view>

#include "coupon/hold.h"

namespace scrip {

using HoldCounts = decltype(Hold::counts);

std::string encode_hold_counts(const HoldCounts& counts);

// Adds them to `counts`. False for bytes that are none.
bool decode_hold_counts(std::string_view bytes, HoldCounts& counts);

}  // namespace scrip
