#include "db/sqlite/verify_coupons.h"

#include <optional>
#include <string>

#include "coupon/code_format.h"
#include "db/sqlite/rows.h"
#include "db/sqlite/statement.h"

namespace scrip::sqlite {
namespace {

struct Row {
  CouponKey key;
  std::int64_t state = 0;
  std::optional<std::string> user_id;
  std::int64_t issued_at = 0;
  std::optional<std::int64_t> expires_at;
  std::optional<std::int64_t> redeemed_at;
  bool has_amount = false;
  bool has_currency = false;
  std::int64_t decision = 0;
  std::optional<std::string> imported_code;
  std::optional<std::string> imported_key;
};

constexpr std::int64_t available = 0;
constexpr std::int64_t redeemed = 2;

// What of a single row makes no sense; null when it does.
const char* objection_to(const Row& row, std::int64_t last_decision) {
  if (row.state < available || row.state > redeemed) return "has an unknown state";
  if (row.state == available) {
    if (row.key.serial >= 0) return "has a row though nobody was given it";
    if (row.user_id || row.issued_at != 0) return "is available and has a holder";
  } else if (row.issued_at == 0) {
    return "was given to somebody at no time";
  }
  if (row.state == redeemed && !row.redeemed_at) return "was redeemed at no time";
  if (row.state != redeemed && row.redeemed_at) return "is not redeemed and says when it was";
  if (row.has_amount != row.has_currency) return "has half a discount";
  if (row.decision < 0 || row.decision > last_decision) return "was changed by a decision that does not exist";
  if (row.key.serial >= 0 && (row.imported_code || row.imported_key)) return "is computed and has an imported code";
  if (row.key.serial < 0) {
    if (!row.imported_code || row.imported_code->empty()) return "is imported and has no code";
    if (!row.imported_key || *row.imported_key != normalize_code(*row.imported_code)) {
      return "is not found by its imported code";
    }
  }
  return nullptr;
}

// Counts one campaign's rows, which come by ascending serial.
class Count {
 public:
  Count(std::int64_t campaign, const Definition& known, const CampaignTally& stored, const CodeIsImported& imported,
        Findings& findings)
      : campaign_(campaign), known_(known), stored_(stored), imported_(imported), findings_(findings) {}

  void add(const Row& row) {
    if (row.state == available) {
      ++counted_.pooled;
    } else {
      ++counted_.issued;
    }
    if (row.state == redeemed) ++counted_.redeemed;
    if (row.key.serial < 0) return;
    if (row.key.serial >= stored_.next_serial) {
      ++counted_.by_hand;
    } else {
      pass_over(row.key.serial);
      expected_ = row.key.serial + 1;
    }
    if (known_.sound && !known_.book.owns(row.key)) {
      findings_.add(
          "coupon " + std::to_string(row.key.serial) + " of " + known_.name(campaign_) + ": no batch has such a code",
          row.key.serial, known_.book.serials(campaign_));
    }
  }

  void finish() {
    const std::int64_t serials = known_.book.serials(campaign_);
    if (known_.sound && stored_.next_serial > serials) {
      findings_.add(known_.name(campaign_) + ": next_serial is beyond its codes", stored_.next_serial, serials);
    } else {
      pass_over(stored_.next_serial);
    }
    const auto compare = [&](const char* field, std::int64_t stored, std::int64_t counted) {
      findings_.compare(known_.name(campaign_) + ": " + field, stored, counted);
    };
    compare("issued", stored_.issued, counted_.issued);
    compare("redeemed", stored_.redeemed, counted_.redeemed);
    compare("by_hand", stored_.by_hand, counted_.by_hand);
    compare("pooled", stored_.pooled, counted_.pooled);
    compare("coupons passed over, never to be issued", passed_over_, 0);
    if (!known_.knows(campaign_)) {
      findings_.add("coupons of an unknown " + known_.name(campaign_), counted_.issued + counted_.pooled, 0);
    } else if (const auto& total = known_.campaigns.at(campaign_).total; total && counted_.issued > *total) {
      findings_.add(known_.name(campaign_) + ": issued beyond its total", counted_.issued, *total);
    }
  }

 private:
  // Serials below next_serial without a row have to be the code book's gaps, or their codes imported. A few that are
  // not are proof enough; after a damaged next_serial there could be billions.
  void pass_over(std::int64_t until) {
    static constexpr std::int64_t enough = 1'000;
    for (; known_.sound && expected_ < until && passed_over_ < enough; ++expected_) {
      const CouponKey key{campaign_, expected_};
      if (known_.book.owns(key) && !imported_(known_.book.code(key))) ++passed_over_;
    }
  }

  const std::int64_t campaign_;
  const Definition& known_;
  const CampaignTally stored_;
  const CodeIsImported& imported_;
  Findings& findings_;
  CampaignTally counted_;
  std::int64_t expected_ = 0;  // the next serial, were none missing
  std::int64_t passed_over_ = 0;
};

void expect_postings(const Row& row, std::int64_t first_decision, PostingSums& sums) {
  const auto [campaign, serial] = row.key;
  if (row.decision >= first_decision) {
    if (row.user_id) sums.spare(Index::decided_for, {sums.hash().of_user(*row.user_id), 0, row.decision});
    sums.spare(Index::decided_on, {sums.hash().of_coupon(campaign, serial), 0, row.decision});
  }
  if (row.imported_key) sums.expect(Index::imported, {sums.hash().of_code(*row.imported_key), campaign, serial});
  if (row.state == available) return;
  if (row.user_id) sums.expect(Index::holder, {sums.hash().of_user(*row.user_id), campaign, serial});
  if (row.expires_at) sums.expect(Index::expiry, {sortable(*row.expires_at), campaign, serial});
}

}  // namespace

Result<void> verify_coupons(Connection& db, const Definition& known, const Tallies& stored, DecisionRange decisions,
                            const CodeIsImported& imported, const std::function<void()>& row_done, PostingSums& sums,
                            Findings& findings) {
  Tallies unseen = stored;
  std::optional<Count> count;
  std::int64_t campaign = 0;
  const auto begin = [&](std::int64_t number) {
    if (count) count->finish();
    campaign = number;
    const auto tally = stored.find(number);
    count.emplace(number, known, tally == stored.end() ? CampaignTally() : tally->second, imported, findings);
    unseen.erase(number);
  };

  Statement query(db,
                  "SELECT id, state, user_id, issued_at, expires_at, redeemed_at,"
                  " discount_amount IS NOT NULL, discount_currency IS NOT NULL, decision, imported_code,"
                  " imported_key FROM coupon ORDER BY id");
  Row row;
  std::int64_t id = 0;
  while (query.next()) {
    query.read(id, row.state, row.user_id, row.issued_at, row.expires_at, row.redeemed_at, row.has_amount,
               row.has_currency, row.decision, row.imported_code, row.imported_key);
    row.key = coupon_key(id);
    if (!count || row.key.campaign != campaign) begin(row.key.campaign);
    if (const char* objection = objection_to(row, decisions.last)) {
      findings.add("coupon " + std::to_string(row.key.serial) + " of " + known.name(campaign) + " " + objection,
                   row.state, 0);
    }
    count->add(row);
    expect_postings(row, decisions.first, sums);
    row_done();
  }
  if (auto ended = query.end(); !ended) return ended;
  for (const auto& [number, tally] : Tallies(unseen)) begin(number);
  if (count) count->finish();
  return {};
}

}  // namespace scrip::sqlite
