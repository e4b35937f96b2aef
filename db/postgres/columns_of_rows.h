// Columns of many rows, to be sent as arrays: fill one of these for each column, then add them to the parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/postgres/params.h"

namespace scrip::postgres {

using Numbers = std::vector<std::int64_t>;
using OptionalNumbers = std::vector<std::optional<std::int64_t>>;
using Texts = std::vector<std::string_view>;
using OptionalTexts = std::vector<std::optional<std::string_view>>;
using Blobs = std::vector<Bytes>;
using Flags = std::vector<bool>;

// The parameters of a statement whose every parameter is a column. Texts are not copied before this is called.
template <class... Columns>
Params columns(const Columns&... all) {
  Params params;
  const auto add = [&params](const auto& column) {
    if constexpr (std::is_same_v<std::decay_t<decltype(column)>, Flags>) {
      params.array(column);
    } else {
      params.array(std::span(column));
    }
  };
  (add(all), ...);
  return params;
}

inline std::optional<std::string_view> view(const std::optional<std::string>& text) {
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

}  // namespace scrip::postgres
