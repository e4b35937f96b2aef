#include "db/sqlite/stacked_orders.h"

#include <utility>

#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {

Result<std::optional<StackedOrder>> find_stacked_order(Connection& db, const std::string& id) {
  std::optional<StackedOrder> order;
  Statement head(db, "SELECT id, amount, currency, redeemed_at FROM stacked_order WHERE id = ?1");
  head.bind(id);
  if (head.next()) {
    order.emplace();
    head.read(order->id, order->amount, order->currency, order->redeemed_at);
  }
  if (auto ended = head.end(); !ended) return ended.error();
  if (!order) return order;
  Statement parts(db, "SELECT coupon, discount FROM stacked_order_coupon WHERE order_id = ?1 ORDER BY place");
  parts.bind(id);
  while (parts.next()) {
    std::int64_t coupon = 0;
    StackedOrder::Part& part = order->parts.emplace_back();
    parts.read(coupon, part.discount);
    part.coupon = coupon_key(coupon);
  }
  if (auto ended = parts.end(); !ended) return ended.error();
  return order;
}

Result<std::vector<StackedOrder>> list_stacked_orders(Connection& db, const std::string& after, int limit) {
  std::vector<std::string> ids;
  Statement query(db, "SELECT id FROM stacked_order WHERE id > ?1 ORDER BY id LIMIT ?2");
  query.bind(after, limit);
  while (query.next()) query.read(ids.emplace_back());
  if (auto ended = query.end(); !ended) return ended.error();
  std::vector<StackedOrder> orders;
  for (const std::string& id : ids) {
    auto order = find_stacked_order(db, id);
    if (!order) return order.error();
    if (*order) orders.push_back(std::move(**order));
  }
  return orders;
}

Result<void> put_stacked_order(Connection& db, const std::string& id, const std::optional<StackedOrder>& order) {
  Statement drop_parts(db, "DELETE FROM stacked_order_coupon WHERE order_id = ?1");
  if (auto dropped = drop_parts.bind(id).run(); !dropped) return dropped;
  Statement drop(db, "DELETE FROM stacked_order WHERE id = ?1");
  if (auto dropped = drop.bind(id).run(); !dropped) return dropped;
  if (!order) return {};
  Statement insert(db, "INSERT INTO stacked_order (id, amount, currency, redeemed_at) VALUES (?1, ?2, ?3, ?4)");
  insert.bind(id, order->amount, order->currency, order->redeemed_at);
  if (auto inserted = insert.run(); !inserted) return inserted;
  std::int64_t place = 0;
  for (const StackedOrder::Part& part : order->parts) {
    Statement add(db, "INSERT INTO stacked_order_coupon (order_id, place, coupon, discount) VALUES (?1, ?2, ?3, ?4)");
    if (auto added = add.bind(id, place++, coupon_id(part.coupon), part.discount).run(); !added) return added;
  }
  return {};
}

Result<void> verify_stacked_orders(Connection& db, Findings& findings) {
  {
    Statement parts(db,
                    "SELECT p.order_id, p.coupon, p.discount, o.id IS NOT NULL,"
                    " c.state = 2 AND c.order_id = p.order_id, ifnull(c.discount_amount, 0)"
                    " FROM stacked_order_coupon p LEFT JOIN stacked_order o ON o.id = p.order_id"
                    " LEFT JOIN coupon c ON c.id = p.coupon");
    std::string order;
    std::int64_t coupon = 0;
    std::int64_t discount = 0;
    std::int64_t given = 0;
    bool known = false;
    bool redeemed = false;
    while (parts.next()) {
      parts.read(order, coupon, discount, known, redeemed, given);
      const CouponKey key = coupon_key(coupon);
      const std::string what =
          "order " + order + ": coupon " + std::to_string(key.serial) + " of campaign " + std::to_string(key.campaign);
      if (!known) findings.add(what + " is of no order", 1, 0);
      if (!redeemed) {
        findings.add(what + " is not redeemed on it", 1, 0);
      } else if (discount != given) {
        findings.add(what + " has another discount", discount, given);
      }
    }
    if (auto ended = parts.end(); !ended) return ended;
  }
  Statement empty(db,
                  "SELECT id FROM stacked_order o WHERE NOT EXISTS"
                  " (SELECT 1 FROM stacked_order_coupon p WHERE p.order_id = o.id)");
  std::string order;
  while (empty.next()) {
    empty.read(order);
    findings.add("order " + order + " has no coupon", 1, 0);
  }
  return empty.end();
}

}  // namespace scrip::sqlite
