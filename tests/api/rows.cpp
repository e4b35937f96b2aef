#include "rows.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace scrip::test {
namespace {

template <class T>
T get(Result<T> result) {
  if (!result) throw std::runtime_error("the store cannot be read: " + result.error().message);
  return std::move(*result);
}

std::string text(const std::optional<std::string>& value) {
  return value ? "'" + *value + "'" : "-";
}
std::string text(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : "-";
}

std::string content(const Campaign& c) {
  return c.name + "|" + c.policy + "|" + c.params + "|" + text(c.total) + "|" + text(c.starts_at) + "|" +
         text(c.ends_at) + "|" + std::string(name(c.status)) + "|" + c.metadata + "|" + std::to_string(c.version);
}

std::string content(const Coupon& c) {
  return std::string(name(c.state)) + "|" + text(c.user_id) + "|" + text(c.subject) + "|" +
         std::to_string(c.issued_at) + "|" + text(c.expires_at) + "|" + text(c.redeemed_at) + "|" +
         (c.discount ? std::to_string(c.discount->amount) + c.discount->currency : "-") + "|" + text(c.order_id) + "|" +
         std::to_string(c.decision);
}

std::string content(const CampaignTally& t) {
  return std::to_string(t.issued) + "|" + std::to_string(t.redeemed) + "|" + std::to_string(t.next_serial) + "|" +
         std::to_string(t.by_hand) + "|" + std::to_string(t.pooled) + "|" + std::to_string(t.held);
}

std::string content(const Hold& h) {
  return h.key + "|" + std::to_string(h.held_at) + "|" + std::to_string(h.expires_at) + "|" + text(h.order_id);
}

std::string content(const StackedOrder& order) {
  std::string text = std::to_string(order.amount) + order.currency;
  for (const StackedOrder::Part& part : order.parts) {
    text += "|" + std::to_string(part.coupon.campaign) + "/" + std::to_string(part.coupon.serial) + " " +
            std::to_string(part.discount);
  }
  return text;
}

constexpr int everything = 1'000'000;

}  // namespace

Rows rows_of(Shop& shop) {
  Rows rows;
  const auto reader = get(shop.node().store().reader());
  const auto catalog = shop.node().ledger().catalog();
  for (const auto& [number, campaign] : catalog->campaigns()) {
    const std::string id = std::to_string(number);
    rows["campaign " + id] = content(*campaign);
    rows["codes " + id] = std::to_string(catalog->book().serials(number));
    rows["tally " + id] = content(get(reader->tally(number)));
    for (const Coupon& coupon : get(reader->coupons(number, std::numeric_limits<std::int64_t>::min(), everything))) {
      rows["coupon " + id + "/" + std::to_string(coupon.key.serial)] = content(coupon);
      if (const auto hold = get(reader->hold(coupon.key))) {
        rows["hold " + id + "/" + std::to_string(coupon.key.serial)] = content(*hold);
      }
      if (!coupon.order_id) continue;
      if (const auto order = get(reader->stacked_order(*coupon.order_id))) rows["order " + order->id] = content(*order);
    }
  }
  for (std::int64_t next = 0;;) {
    const auto page = get(reader->decisions({}, next, everything));
    for (const DecisionRow& decision : page.rows) rows["decision " + std::to_string(decision.id)] = decision.code;
    next = page.next;
    if (next == 0) break;
  }
  for (const RefusalCount& refusal : get(reader->refusals({}, 0, everything))) {
    rows["refusals " + std::to_string(refusal.id)] = refusal.code + "|" + std::to_string(refusal.count);
  }
  for (const User& user : get(reader->users("", everything))) {
    rows["account " + user.login] = user.password_hash + std::string(name(user.role));
  }
  for (const Work& work : get(reader->works(0, everything))) {
    rows["work " + std::to_string(work.id)] =
        work.title + "|" + std::to_string(work.created_at) + "|" + std::to_string(work.updated_at);
  }
  for (const std::string user : {"minji", "junho", "shop", "admin"}) {
    rows["attributes " + user] = get(reader->attributes(user));
  }
  rows["revision"] = std::to_string(get(reader->active_revision()));
  return rows;
}

std::vector<std::string> changes(const Rows& before, const Rows& after) {
  std::vector<std::string> found;
  const auto note = [&](char sign, const std::string& row) {
    // The first coupon makes a campaign's tally, which reads as zeros before.
    found.push_back(sign + row.substr(0, row.find(' ')));
  };
  for (const auto& [row, value] : after) {
    const auto known = before.find(row);
    if (known == before.end()) {
      note('+', row);
    } else if (known->second != value) {
      note('~', row);
    }
  }
  for (const auto& [row, value] : before) {
    if (!after.contains(row)) note('-', row);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace scrip::test
