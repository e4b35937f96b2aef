#include "db/postgres/columns.h"

namespace scrip::postgres {
namespace {

// Names from closed lists are stored as they are written elsewhere.
template <class Value>
void take(Rows& rows, std::string_view column, const std::string& text, const std::optional<Value>& parsed,
          Value& value) {
  if (parsed) {
    value = *parsed;
  } else {
    rows.malformed("\"" + text + "\" is no " + std::string(column));
  }
}

// Of an enum that is stored as a number below `end`.
template <class Value>
void take(Rows& rows, std::string_view column, std::int64_t number, int end, Value& value) {
  if (number >= 0 && number < end) {
    value = static_cast<Value>(number);
  } else {
    rows.malformed(std::string(column) + " is " + std::to_string(number));
  }
}

static_assert(static_cast<int>(CouponState::available) == 0 && static_cast<int>(CouponState::issued) == 1 &&
                  static_cast<int>(CouponState::redeemed) == 2 && static_cast<int>(EventState::pending) == 0 &&
                  static_cast<int>(EventState::delivered) == 1 && static_cast<int>(EventState::failed) == 2 &&
                  static_cast<int>(EventState::obsolete) == 3,
              "these numbers are in the databases");

}  // namespace

void read(Rows& rows, int row, Campaign& campaign) {
  std::string alphabet;
  std::string status;
  rows.read(row, campaign.number, campaign.version, campaign.id, campaign.name, campaign.policy, campaign.params,
            campaign.total, campaign.pattern, alphabet, campaign.format, campaign.starts_at, campaign.ends_at,
            campaign.timezone, campaign.metadata, status, campaign.created_at);
  take(rows, "alphabet", alphabet, parse_alphabet(alphabet), campaign.alphabet);
  take(rows, "campaign status", status, parse_campaign_status(status), campaign.status);
}

void read(Rows& rows, int row, Coupon& coupon) {
  std::int64_t state = 0;
  Micros expires_at = never;
  std::optional<std::int64_t> amount;
  std::string currency;
  rows.read(row, coupon.key.campaign, coupon.key.serial, state, coupon.user_id, coupon.subject, coupon.issued_at,
            expires_at, coupon.decision, coupon.redeemed_at, amount, currency, coupon.order_id, coupon.imported_code,
            coupon.created_at);
  take(rows, "a coupon's state", state, 3, coupon.state);
  if (expires_at != never) coupon.expires_at = expires_at;
  if (amount) coupon.discount = Money{*amount, currency};
}

void read(Rows& rows, int row, DecisionRow& decision) {
  rows.read(row, decision.id, decision.at, decision.campaign, decision.serial, decision.user_id, decision.revision,
            decision.code, decision.record, decision.counts);
}

void read(Rows& rows, int row, User& user) {
  std::string role;
  rows.read(row, user.login, user.password_hash, role, user.created_at);
  take(rows, "role", role, parse_role(role), user.role);
}

void read(Rows& rows, int row, CodeBatch& batch) {
  rows.read(row, batch.id, batch.campaign, batch.format, batch.first_index, batch.first_serial, batch.count,
            batch.created_at);
}

void read(Rows& rows, int row, FormatRow& format) {
  std::string alphabet;
  rows.read(row, format.id, format.shape, alphabet, format.key);
  take(rows, "alphabet", alphabet, parse_alphabet(alphabet), format.alphabet);
}

void read(Rows& rows, int row, Work& work) {
  rows.read(row, work.id, work.title, work.created_at, work.updated_at);
}

void read(Rows& rows, int row, ImportJob& job) {
  std::string state;
  rows.read(row, job.number, job.id, job.campaign, state, job.rows, job.imported, job.rejected, job.bytes_read,
            job.bytes_total, job.started_at, job.ended_at, job.why);
  take(rows, "state of an import", state, parse_import_state(state), job.state);
}

void read(Rows& rows, int row, ImportError& error) {
  rows.read(row, error.line, error.message);
}

void read(Rows& rows, int row, Event& event) {
  std::string kind;
  std::int64_t state = 0;
  rows.read(row, event.id, kind, event.at, event.campaign, event.unique_key, event.data, event.recorded_at, state,
            event.attempts, event.next_attempt_at, event.settled_at, event.last_error);
  take(rows, "kind of event", kind, parse_event_kind(kind), event.kind);
  take(rows, "an event's state", state, 4, event.state);
}

void read(Rows& rows, int row, AuditEntry& entry) {
  std::string action;
  rows.read(row, entry.id, entry.at, entry.subject, entry.role, action, entry.target, entry.old_value, entry.new_value);
  take(rows, "audited action", action, parse_audit_action(action), entry.action);
}

void read(Rows& rows, int row, RevisionRow& revision) {
  rows.read(row, revision.number, revision.revision, revision.accepted_at, revision.accepted_by);
}

void read(Rows& rows, int row, RefusalCount& refusal) {
  rows.read(row, refusal.id, refusal.minute, refusal.campaign, refusal.hook, refusal.code, refusal.revision,
            refusal.count);
}

}  // namespace scrip::postgres
