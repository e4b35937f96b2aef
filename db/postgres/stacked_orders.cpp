#include "db/postgres/stacked_orders.h"

#include <utility>

#include "db/postgres/apply.h"
#include "db/postgres/columns_of_rows.h"
#include "db/postgres/pipeline.h"

#define SCRIP_PG_STACKED_ORDERS                                                                                 \
  "SELECT o.id, o.amount, o.currency, o.redeemed_at, p.campaign_id, p.serial, p.discount FROM stacked_order o " \
  "LEFT JOIN stacked_order_coupon p ON p.order_id = o.id WHERE o.id = ANY($1) ORDER BY o.id, p.place"

namespace scrip::postgres {
namespace {

// A row for each coupon, or one for an order that has none.
std::vector<StackedOrder> read_orders(Rows& rows) {
  std::vector<StackedOrder> orders;
  for (int row = 0; row < rows.size(); ++row) {
    StackedOrder head;
    std::optional<std::int64_t> campaign;
    StackedOrder::Part part;
    rows.read(row, head.id, head.amount, head.currency, head.redeemed_at, campaign, part.coupon.serial, part.discount);
    if (orders.empty() || orders.back().id != head.id) orders.push_back(std::move(head));
    if (!campaign) continue;
    part.coupon.campaign = *campaign;
    orders.back().parts.push_back(part);
  }
  return orders;
}

}  // namespace

Result<std::optional<StackedOrder>> find_stacked_order(Connection& db, const std::string& id) {
  const std::vector<std::string> ids{id};
  auto rows = query(db, SCRIP_PG_STACKED_ORDERS, columns(ids));
  if (!rows) return rows.error();
  std::vector<StackedOrder> orders = read_orders(*rows);
  if (auto ended = rows->end(); !ended) return ended.error();
  return orders.empty() ? std::nullopt : std::optional(std::move(orders.front()));
}

void ask_for_stacked_orders(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded) {
  Texts ids;
  for (const std::string& id : wanted.stacked_orders) {
    if (!loaded.stacked_orders.try_emplace(id).second) continue;
    batch.stacked_orders.try_emplace(id);
    ids.push_back(id);
  }
  if (ids.empty()) return;
  exchange.ask(SCRIP_PG_STACKED_ORDERS, columns(ids), [&batch, &loaded](Rows& rows) -> Result<void> {
    for (StackedOrder& order : read_orders(rows)) {
      batch.stacked_orders[order.id] = order.redeemed_at;
      loaded.stacked_orders[order.id] = std::move(order);
    }
    return {};
  });
}

void apply_stacked_orders(Exchange& exchange, const Changes& changes, const BatchState& batch) {
  Texts dropped;
  Numbers dropped_at;
  Texts ids, currencies;
  Numbers amounts, redeemed;
  Texts of;
  Numbers places, campaigns, serials, discounts;
  for (const auto& [id, order] : changes.stacked_orders) {
    const auto read = batch.stacked_orders.find(id);
    if (read != batch.stacked_orders.end() && read->second) {
      dropped.push_back(id);
      dropped_at.push_back(*read->second);
    }
    if (!order) continue;
    ids.push_back(id);
    amounts.push_back(order->amount);
    currencies.push_back(order->currency);
    redeemed.push_back(order->redeemed_at);
    std::int64_t place = 0;
    for (const StackedOrder::Part& part : order->parts) {
      of.push_back(id);
      places.push_back(place++);
      campaigns.push_back(part.coupon.campaign);
      serials.push_back(part.coupon.serial);
      discounts.push_back(part.discount);
    }
  }
  if (!dropped.empty()) {
    Params params = columns(dropped, dropped_at);
    exchange.ask(
        "DELETE FROM stacked_order AS o USING unnest($1, $2) AS n (id, redeemed_at)"
        " WHERE o.id = n.id AND o.redeemed_at = n.redeemed_at",
        params, expect_count(dropped.size(), "another node has cancelled this order"));
    exchange.ask("DELETE FROM stacked_order_coupon WHERE order_id = ANY($1)", columns(dropped));
  }
  if (ids.empty()) return;
  Params params = columns(ids, amounts, currencies, redeemed);
  exchange.ask(
      "INSERT INTO stacked_order (id, amount, currency, redeemed_at) SELECT * FROM unnest($1, $2, $3, $4)"
      " ON CONFLICT (id) DO NOTHING",
      params, expect_count(ids.size(), "another node has redeemed on this order"));
  Params parts = columns(of, places, campaigns, serials, discounts);
  exchange.ask(
      "INSERT INTO stacked_order_coupon (order_id, place, campaign_id, serial, discount)"
      " SELECT * FROM unnest($1, $2, $3, $4, $5)",
      parts);
}

Result<void> verify_stacked_orders(Connection& db, Findings& findings) {
  static constexpr int rows_at_once = 10'000;
  std::string order;
  for (std::int64_t place = 0;;) {
    auto rows = query(db,
                      "SELECT p.order_id, p.place, p.campaign_id, p.serial, p.discount, o.id IS NOT NULL,"
                      " coalesce(c.state = 2 AND c.order_id = p.order_id, false), coalesce(c.discount_amount, 0) FROM"
                      " (SELECT * FROM stacked_order_coupon WHERE (order_id, place) > ($1, $2)"
                      " ORDER BY order_id, place LIMIT $3) AS p LEFT JOIN stacked_order o ON o.id = p.order_id"
                      " LEFT JOIN coupon c ON c.campaign_id = p.campaign_id AND c.serial = p.serial ORDER BY 1, 2",
                      std::move(Params().add(order).add(place).add(rows_at_once)));
    if (!rows) return rows.error();
    for (int row = 0; row < rows->size(); ++row) {
      CouponKey key;
      std::int64_t discount = 0;
      std::int64_t given = 0;
      bool known = false;
      bool redeemed = false;
      rows->read(row, order, place, key.campaign, key.serial, discount, known, redeemed, given);
      const std::string what =
          "order " + order + ": coupon " + std::to_string(key.serial) + " of campaign " + std::to_string(key.campaign);
      if (!known) findings.add(what + " is of no order", 1, 0);
      if (!redeemed) {
        findings.add(what + " is not redeemed on it", 1, 0);
      } else if (discount != given) {
        findings.add(what + " has another discount", discount, given);
      }
    }
    if (rows->size() < rows_at_once) break;
  }
  for (order.clear();;) {
    auto rows = query(db,
                      "SELECT o.id, EXISTS (SELECT 1 FROM stacked_order_coupon p WHERE p.order_id = o.id)"
                      " FROM stacked_order o WHERE o.id > $1 ORDER BY o.id LIMIT $2",
                      std::move(Params().add(order).add(rows_at_once)));
    if (!rows) return rows.error();
    for (int row = 0; row < rows->size(); ++row) {
      bool has_coupon = false;
      rows->read(row, order, has_coupon);
      if (!has_coupon) findings.add("order " + order + " has no coupon", 1, 0);
    }
    if (rows->size() < rows_at_once) return {};
  }
}

}  // namespace scrip::postgres
