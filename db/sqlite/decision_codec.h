// Decisions as the bytes of a block: what most of a batch have in common is written once. Rows come
// with ascending ids without gaps, so the block's first id is all that is kept of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/store.h"

namespace scrip::sqlite {

// A decision as it stands in a block; its texts are the block's bytes.
struct DecisionView {
  std::int64_t id = 0;
  Micros at = 0;
  std::int64_t campaign = 0;
  std::optional<std::int64_t> serial;
  std::optional<std::string_view> user_id;
  std::int64_t revision = 0;
  std::string_view code;
  std::string_view record;
  bool counts = false;

  DecisionRow row() const;
};

std::string encode_decisions(std::span<const DecisionRow> rows);

// False: the bytes are damaged.
bool read_decisions(std::int64_t first_id, std::string_view bytes, std::vector<DecisionView>& to);

// The instant of the first one alone; nullopt: the bytes are damaged.
std::optional<Micros> first_instant(std::string_view bytes);

}  // namespace scrip::sqlite
