// Decisions as the bytes of a block: what most of a batch have in common is written once. Rows come
// with ascending ids without gaps, so the block's first id is all that is kept of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/store.h"

namespace scrip::sqlite {

std::string encode_decisions(std::span<const DecisionRow> rows);

// False: the bytes are damaged.
bool decode_decisions(std::int64_t first_id, std::string_view bytes, std::vector<DecisionRow>& to);

}  // namespace scrip::sqlite
