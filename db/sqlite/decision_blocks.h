// The blocks that decisions are kept in, as they are read: up to 256 decisions of one batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/decision_codec.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {

inline constexpr std::size_t decisions_per_block = 256;

struct Block {
  std::vector<DecisionView> rows;  // by id; they look into `bytes`
  std::string bytes;

  bool holds(std::int64_t id) const { return !rows.empty() && id >= rows.front().id && id <= rows.back().id; }
  const DecisionView& row(std::int64_t id) const { return rows[static_cast<std::size_t>(id - rows.front().id)]; }
};

// The columns of a block, for read_block.
#define SCRIP_BLOCK_COLUMNS "first_id, count, decisions"

// What the statement stands at.
void read_block(Statement& row, Block& block);

// The block that has this decision, or would have it: empty when there is none before it.
Result<void> find_block(Connection& db, std::int64_t id, Block& block);

// 0 when there are none.
Result<std::int64_t> first_decision(Connection& db);

// The greatest id that was ever given to a decision; 0 when none was.
Result<std::int64_t> last_decision(Connection& db);

}  // namespace scrip::sqlite
