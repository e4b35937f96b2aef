#include "db/sqlite/sqlite_inventory.h"

#include <utility>

#include "db/sqlite/connection.h"
#include "db/sqlite/holds.h"
#include "db/sqlite/open_database.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/stacked_orders.h"
#include "db/sqlite/statement.h"

namespace scrip {
namespace sqlite {
namespace {

class SqliteInventory final : public Inventory {
 public:
  explicit SqliteInventory(std::unique_ptr<Connection> db) : db_(std::move(db)) {}

  Result<std::vector<Counter>> counters(const CounterKey& after, int limit) override {
    Statement query(*db_,
                    "SELECT campaign, name, sum(value), sum(unrecorded) FROM ("
                    " SELECT campaign, name, value, 0 AS unrecorded FROM counter WHERE (campaign, name) > (?1, ?2)"
                    " UNION ALL"
                    " SELECT campaign, name, 0, value FROM unrecorded_count WHERE (campaign, name) > (?1, ?2))"
                    " GROUP BY campaign, name ORDER BY campaign, name LIMIT ?3");
    query.bind(after.campaign, after.name, limit);
    std::vector<Counter> rows;
    while (query.next()) {
      Counter& row = rows.emplace_back();
      query.read(row.key.campaign, row.key.name, row.value, row.unrecorded);
    }
    if (auto ended = query.end(); !ended) return ended.error();
    return rows;
  }

  Result<std::vector<std::pair<std::string, std::string>>> attributes(const std::string& after, int limit) override {
    Statement query(*db_,
                    "SELECT user_id, attributes FROM user_attributes WHERE user_id > ?1 ORDER BY user_id LIMIT ?2");
    query.bind(after, limit);
    std::vector<std::pair<std::string, std::string>> rows;
    while (query.next()) {
      auto& [user_id, attributes] = rows.emplace_back();
      query.read(user_id, attributes);
    }
    if (auto ended = query.end(); !ended) return ended.error();
    return rows;
  }

  Result<std::vector<Answer>> answers(std::int64_t after, int limit) override {
    Statement query(*db_,
                    "SELECT id, owner, key, fingerprint, status, body, created_at FROM idempotency WHERE id > ?1"
                    " ORDER BY id LIMIT ?2");
    query.bind(after, limit);
    std::vector<Answer> rows;
    while (query.next()) {
      auto& [id, record] = rows.emplace_back();
      query.read(id, record.key.owner, record.key.key, record.fingerprint, record.status, record.body,
                 record.created_at);
    }
    if (auto ended = query.end(); !ended) return ended.error();
    return rows;
  }

  Result<std::vector<Hold>> holds(const std::optional<CouponKey>& after, int limit) override {
    return list_holds(*db_, after, limit);
  }

  Result<std::vector<StackedOrder>> stacked_orders(const std::string& after, int limit) override {
    return list_stacked_orders(*db_, after, limit);
  }

  Result<std::vector<ReminderMark>> reminders(const std::optional<ReminderMark>& after, int limit) override {
    Statement query(*db_,
                    "SELECT expires_at, coupon, mark FROM reminder WHERE (expires_at, coupon, mark) > (?1, ?2, ?3)"
                    " ORDER BY expires_at, coupon, mark LIMIT ?4");
    const ReminderMark from = after.value_or(ReminderMark{.expires_at = -1});
    query.bind(from.expires_at, coupon_id(from.coupon), from.mark, limit);
    std::vector<ReminderMark> rows;
    while (query.next()) {
      ReminderMark& row = rows.emplace_back();
      std::int64_t coupon = 0;
      query.read(row.expires_at, coupon, row.mark);
      row.coupon = coupon_key(coupon);
    }
    if (auto ended = query.end(); !ended) return ended.error();
    return rows;
  }

 private:
  std::unique_ptr<Connection> db_;
};

}  // namespace
}  // namespace sqlite

Result<std::unique_ptr<Inventory>> open_sqlite_inventory(const std::string& path) {
  auto db = sqlite::open_for_reading(path, {});
  if (!db) return db.error();
  return std::unique_ptr<Inventory>(std::make_unique<sqlite::SqliteInventory>(std::move(*db)));
}

}  // namespace scrip
