#include "db/sqlite/rows.h"

#include <string>

namespace scrip::sqlite {
namespace {

// Names from closed lists are stored as they are written elsewhere.
template <class Value>
void take(Statement& row, std::string_view column, const std::string& text, const std::optional<Value>& parsed,
          Value& value) {
  if (parsed) {
    value = *parsed;
  } else {
    row.malformed("\"" + text + "\" is no " + std::string(column));
  }
}

}  // namespace

void read(Statement& row, Campaign& campaign) {
  std::string alphabet;
  std::string status;
  row.read(campaign.number, campaign.version, campaign.id, campaign.name, campaign.policy, campaign.params,
           campaign.total, campaign.pattern, alphabet, campaign.format, campaign.starts_at, campaign.ends_at,
           campaign.timezone, campaign.metadata, status, campaign.created_at);
  take(row, "alphabet", alphabet, parse_alphabet(alphabet), campaign.alphabet);
  take(row, "campaign status", status, parse_campaign_status(status), campaign.status);
}

void read(Statement& row, Coupon& coupon) {
  std::int64_t state = 0;
  std::optional<std::int64_t> amount;
  std::optional<std::string> currency;
  std::int64_t id = 0;
  row.read(id, state, coupon.user_id, coupon.subject, coupon.issued_at, coupon.expires_at, coupon.decision,
           coupon.redeemed_at, amount, currency, coupon.order_id, coupon.imported_code, coupon.created_at);
  coupon.key = coupon_key(id);
  static_assert(static_cast<int>(CouponState::available) == 0 && static_cast<int>(CouponState::issued) == 1 &&
                    static_cast<int>(CouponState::redeemed) == 2,
                "these numbers are in the files");
  if (state < 0 || state > 2) row.malformed("a coupon's state is " + std::to_string(state));
  coupon.state = static_cast<CouponState>(state);
  if (amount) coupon.discount = Money{*amount, currency.value_or(std::string())};
}

void read(Statement& row, CampaignTally& tally) {
  row.read(tally.issued, tally.redeemed, tally.next_serial, tally.by_hand, tally.pooled, tally.held);
}

void read(Statement& row, User& user) {
  std::string role;
  row.read(user.login, user.password_hash, role, user.created_at);
  take(row, "role", role, parse_role(role), user.role);
}

void read(Statement& row, CodeBatch& batch) {
  row.read(batch.id, batch.campaign, batch.format, batch.first_index, batch.first_serial, batch.count,
           batch.created_at);
}

void read(Statement& row, FormatRow& format) {
  std::string alphabet;
  row.read(format.id, format.shape, alphabet, format.key);
  take(row, "alphabet", alphabet, parse_alphabet(alphabet), format.alphabet);
}

void read(Statement& row, Work& work) {
  row.read(work.id, work.title, work.created_at, work.updated_at);
}

void read(Statement& row, ImportJob& job) {
  std::string state;
  row.read(job.number, job.id, job.campaign, state, job.rows, job.imported, job.rejected, job.bytes_read,
           job.bytes_total, job.started_at, job.ended_at, job.why);
  take(row, "state of an import", state, parse_import_state(state), job.state);
}

void read(Statement& row, ImportError& error) {
  row.read(error.line, error.message);
}

Reader::ByExpiry by_expiry(const Coupon& coupon) {
  return {.expires_at = coupon.expires_at.value_or(latest_instant + 1), .key = coupon.key};
}

}  // namespace scrip::sqlite
