#include "db/postgres/decision_order.h"

#include <algorithm>

#include "db/postgres/ids.h"
#include "db/postgres/pipeline.h"

// The condition of the index decision_out_of_place, word for word (0001_init.sql). The sums with 0 below keep servers
// from walking along the index of all ids instead.
#define SCRIP_PG_OUT_OF_PLACE "abs(at - 1735689600000000 - (id >> 13) * 1000) > 60000000"

namespace scrip::postgres {
namespace {

// Of those in place.
constexpr Micros leeway = minute;

}  // namespace

Result<std::int64_t> find_last_decision(Connection& db) {
  auto rows = query(db,
                    "SELECT greatest((SELECT id FROM decision ORDER BY id DESC LIMIT 1),"
                    " (SELECT value FROM setting WHERE name = 'last_dropped_decision'))");
  if (!rows) return rows.error();
  return rows->integer().value_or(0);
}

Result<std::int64_t> find_decision_before(Connection& db, Micros at) {
  auto in_place = query(db, "SELECT id FROM decision WHERE id >= $1 AND at >= $2 ORDER BY id LIMIT 1",
                        std::move(Params().add(first_id_at(at - leeway)).add(at)));
  if (!in_place) return in_place.error();
  auto others = query(db, "SELECT min(id + 0) FROM decision WHERE " SCRIP_PG_OUT_OF_PLACE " AND at >= $1",
                      std::move(Params().add(at)));
  if (!others) return others.error();
  const auto one = in_place->integer();
  const auto other = others->integer();
  if (!one && !other) return find_last_decision(db);
  return std::min(one.value_or(*other), other.value_or(*one)) - 1;
}

Result<std::int64_t> find_last_decision_before(Connection& db, Micros at) {
  auto in_place = query(db, "SELECT id FROM decision WHERE id < $1 AND at < $2 ORDER BY id DESC LIMIT 1",
                        std::move(Params().add(first_id_at(at + leeway + 1'000)).add(at)));
  if (!in_place) return in_place.error();
  auto others = query(db, "SELECT max(id + 0) FROM decision WHERE " SCRIP_PG_OUT_OF_PLACE " AND at < $1",
                      std::move(Params().add(at)));
  if (!others) return others.error();
  return std::max(in_place->integer().value_or(0), others->integer().value_or(0));
}

}  // namespace scrip::postgres
