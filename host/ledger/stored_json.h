// The JSON that a batch stores as text: what events carry, and what the audit log says.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "coupon/time.h"

namespace scrip {

using StoredJson = nlohmann::ordered_json;

inline StoredJson instant_or_null(const std::optional<Micros>& at) {
  return at ? StoredJson(format_instant(*at)) : StoredJson();
}

// What is no UTF-8 in it is replaced; nothing that was decided is to fail for the sake of its record.
inline std::string text_of(const StoredJson& json) {
  return json.dump(-1, ' ', false, StoredJson::error_handler_t::replace);
}

}  // namespace scrip
