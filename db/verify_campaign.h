// The part of Store::verify that looks at a campaign's coupons, the same for both engines: whether each row
// makes sense, and what the rows add up to.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db/findings.h"
#include "db/store.h"
#include "db/verify_definitions.h"

namespace scrip {

// Of a coupon's row what is looked at, as it is stored; an engine leaves out what it has no use for.
struct StoredCoupon {
  CouponKey key;
  std::int64_t state = 0;
  std::optional<std::string> user_id;
  std::optional<std::string> subject;
  std::int64_t issued_at = 0;
  std::optional<std::int64_t> expires_at;
  std::optional<std::int64_t> redeemed_at;
  bool has_amount = false;
  bool has_currency = false;
  std::int64_t decision = 0;
  std::optional<std::string> imported_code;
  std::optional<std::string> imported_key;
};

// What of a single row makes no sense; null when it does.
const char* objection_to(const StoredCoupon& row, std::int64_t last_decision);

// Says of a computed coupon's code whether another was imported under it: then it is passed over.
using CodeIsImported = std::function<bool(const std::string& code)>;

// What is stored beside a campaign's rows.
struct StoredStock {
  std::int64_t issued = 0;
  std::int64_t redeemed = 0;
  std::int64_t pooled = 0;
  std::optional<std::int64_t> by_hand;  // nullopt: it is not stored
  // The serials that are still to be given, lowest first; the last range has no end.
  std::vector<Loaded::SerialRange> open;
};

// Counts one campaign's rows, which come by ascending serial.
class CampaignCount {
 public:
  CampaignCount(std::int64_t campaign, const Definition& known, StoredStock stored, const CodeIsImported& imported,
                Findings& findings);

  void add(const StoredCoupon& row);
  void finish();

 private:
  void pass_over(std::int64_t until);
  bool is_open(std::int64_t serial);

  const std::int64_t campaign_;
  const Definition& known_;
  const StoredStock stored_;
  const CodeIsImported& imported_;
  Findings& findings_;
  CampaignTally counted_;
  std::int64_t expected_ = 0;  // the next serial, were none missing
  std::int64_t passed_over_ = 0;
  std::size_t range_ = 0;  // of stored_.open: the first that does not end before expected_
};

}  // namespace scrip
