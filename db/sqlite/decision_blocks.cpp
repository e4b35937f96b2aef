#include "db/sqlite/decision_blocks.h"

#include <algorithm>

namespace scrip::sqlite {

void read_block(Statement& row, Block& block) {
  std::int64_t first = 0;
  std::int64_t count = 0;
  block.rows.clear();
  row.read(first, count, block.bytes);
  if (!read_decisions(first, block.bytes, block.rows) || static_cast<std::int64_t>(block.rows.size()) != count) {
    block.rows.clear();
    row.malformed("the decisions from " + std::to_string(first) + " on are damaged");
  }
}

Result<void> find_block(Connection& db, std::int64_t id, Block& block) {
  block.rows.clear();
  Statement query(
      db, "SELECT " SCRIP_BLOCK_COLUMNS " FROM decision_block WHERE first_id <= ?1 ORDER BY first_id DESC LIMIT 1");
  query.bind(id);
  if (query.next()) read_block(query, block);
  return query.end();
}

Result<std::int64_t> first_decision(Connection& db) {
  return db.integer("SELECT min(first_id) FROM decision_block");
}

Result<std::int64_t> last_decision(Connection& db) {
  const auto stored = db.integer(
      "SELECT first_id + count - 1 FROM decision_block"
      " WHERE first_id = (SELECT max(first_id) FROM decision_block)");
  if (!stored) return stored;
  const auto dropped = db.integer("SELECT value FROM setting WHERE name = 'last_dropped_decision'");
  if (!dropped) return dropped;
  return std::max(*stored, *dropped);
}

}  // namespace scrip::sqlite
