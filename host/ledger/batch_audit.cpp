// How a batch writes the audit log: entries in the commit of what they tell.

#include "ledger/batch.h"
#include "ledger/stored_json.h"

namespace scrip {
namespace {

using Json = StoredJson;

// What can be edited, under the names that the API has for it.
Json editable(const Campaign& campaign) {
  return {{"name", campaign.name},
          {"policy", campaign.policy},
          {"params", Json::parse(campaign.params, nullptr, false)},
          {"total", campaign.total ? Json(*campaign.total) : Json()},
          {"starts_at", instant_or_null(campaign.starts_at)},
          {"ends_at", instant_or_null(campaign.ends_at)},
          {"status", name(campaign.status)},
          {"metadata", Json::parse(campaign.metadata, nullptr, false)}};
}

std::string target_of(const Campaign& campaign) {
  return "campaign/" + campaign.id;
}

}  // namespace

void Batch::audit(const Actor& actor, AuditAction action, std::string target, std::string old_value,
                  std::string new_value) {
  const Micros now = real_time();
  const AuditEntry entry{.at = now,
                         .subject = actor.subject,
                         .role = actor.host ? "host" : std::string(name(actor.role)),
                         .action = action,
                         .target = std::move(target),
                         .old_value = std::move(old_value),
                         .new_value = std::move(new_value)};
  changes_.forget_audit_before = now - options_.keep_audit;
  if (options_.claim_events.has(EventKind::audit)) {
    const auto value = [](const std::string& text) {
      return text.empty() ? Json() : Json::parse(text, nullptr, false);
    };
    const Json data{{"at", format_instant(entry.at)}, {"subject", entry.subject}, {"role", entry.role},
                    {"action", name(entry.action)},   {"target", entry.target},   {"old", value(entry.old_value)},
                    {"new", value(entry.new_value)}};
    changes_.events.push_back({.kind = EventKind::audit, .at = now_, .data = text_of(data), .recorded_at = now});
  }
  changes_.audit.push_back(entry);
}

void Batch::audit_created(const Actor& actor, const Campaign& campaign) {
  Json made = editable(campaign);
  made["timezone"] = campaign.timezone;
  made["code"] = {{"pattern", campaign.pattern}, {"alphabet", name(campaign.alphabet)}};
  audit(actor, AuditAction::campaign_created, target_of(campaign), "", text_of(made));
}

void Batch::audit_edited(const Actor& actor, const Campaign& before, const Campaign& after) {
  Json was = editable(before);
  Json is = editable(after);
  for (auto member = was.begin(); member != was.end();) {
    if (*member == is[member.key()]) {
      is.erase(member.key());
      member = was.erase(member);
    } else {
      ++member;
    }
  }
  if (is.empty()) return;
  audit(actor, AuditAction::campaign_edited, target_of(after), text_of(was), text_of(is));
}

void Batch::audit_generated(const Actor& actor, const Campaign& before, const Campaign& after, std::int64_t count) {
  const auto total = [](const Campaign& campaign) { return campaign.total ? Json(*campaign.total) : Json(); };
  audit(actor, AuditAction::codes_generated, target_of(after), text_of({{"total", total(before)}}),
        text_of({{"total", total(after)}, {"count", count}}));
}

void Batch::audit_user(const Actor& actor, const User* before, const User& after, bool new_password) {
  const std::string target = "user/" + after.login;
  if (!before) {
    audit(actor, AuditAction::user_added, target, "", text_of({{"role", name(after.role)}}));
    return;
  }
  Json was = Json::object();
  Json is = Json::object();
  if (before->role != after.role) {
    was["role"] = name(before->role);
    is["role"] = name(after.role);
  }
  if (new_password) is["password"] = "changed";
  if (!is.empty()) audit(actor, AuditAction::user_changed, target, text_of(was), text_of(is));
}

void Batch::audit_attributes(const Actor& actor, const std::string& user_id, const std::string& attributes) {
  const std::string& before = loaded_.attributes[user_id];
  if (before != attributes) audit(actor, AuditAction::attributes_put, "attributes/" + user_id, before, attributes);
}

void Batch::audit_import(const Actor& actor, const ImportJob& job) {
  const auto campaign = state_.catalog->campaign(job.campaign);
  Json is{{"campaign_id", campaign ? Json(campaign->id) : Json()}};
  const bool started = job.state == ImportState::running;
  if (started) {
    is["bytes"] = job.bytes_total ? Json(*job.bytes_total) : Json();
  } else {
    is["state"] = name(job.state);
    is["rows"] = job.rows;
    is["imported"] = job.imported;
    is["rejected"] = job.rejected;
    if (!job.why.empty()) is["why"] = job.why;
  }
  audit(actor, started ? AuditAction::import_started : AuditAction::import_ended, "import/" + job.id, "", text_of(is));
}

void Batch::audit_work(const Actor& actor, const std::optional<Work>& before, const std::optional<Work>& after) {
  const auto value = [](const std::optional<Work>& work) {
    return work ? text_of({{"title", work->title}}) : std::string();
  };
  const AuditAction action = !before  ? AuditAction::work_added
                             : !after ? AuditAction::work_dropped
                                      : AuditAction::work_edited;
  audit(actor, action, "work/" + std::to_string(before ? before->id : after->id), value(before), value(after));
}

}  // namespace scrip
