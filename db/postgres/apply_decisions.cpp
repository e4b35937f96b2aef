#include "db/forgetting.h"
#include "db/postgres/apply.h"
#include "db/postgres/columns.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

void add_decisions(Exchange& exchange, const std::vector<DecisionRow>& decisions) {
  if (decisions.empty()) return;
  Numbers ids, ats, campaigns, revisions;
  OptionalNumbers serials;
  OptionalTexts users;
  Texts codes;
  Blobs records;
  Flags counts;
  for (const DecisionRow& row : decisions) {
    ids.push_back(row.id);
    ats.push_back(row.at);
    campaigns.push_back(row.campaign);
    serials.push_back(row.serial);
    users.push_back(view(row.user_id));
    revisions.push_back(row.revision);
    codes.push_back(row.code);
    records.push_back({row.record});
    counts.push_back(row.counts);
  }
  Params params = columns(ids, ats, campaigns, serials, users, revisions, codes, records, counts);
  exchange.ask("INSERT INTO decision (" SCRIP_PG_DECISION ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
               params);
}

void drop_decisions(Exchange& exchange, std::int64_t last, const BatchState& batch) {
  Numbers campaigns, ids;
  for (const auto& [campaign, id] : batch.old_decisions) {
    if (id > last) continue;
    campaigns.push_back(campaign);
    ids.push_back(id);
  }
  Params params = columns(campaigns, ids);
  exchange.ask(
      "DELETE FROM decision USING unnest($1, $2) AS n (campaign_id, id)"
      " WHERE decision.campaign_id = n.campaign_id AND decision.id = n.id",
      params);
  Params note;
  note.add(last);
  exchange.ask("UPDATE setting SET value = $1 WHERE name = 'last_dropped_decision' AND value < $1", note);
}

void add_refusals(Exchange& exchange, const Applying& applying, const std::vector<RefusalCount>& refusals) {
  if (refusals.empty()) return;
  Numbers campaigns, minutes, revisions, ids, counts;
  Texts hooks, codes;
  for (const RefusalCount& row : refusals) {
    campaigns.push_back(row.campaign);
    minutes.push_back(row.minute);
    hooks.push_back(row.hook);
    codes.push_back(row.code);
    revisions.push_back(row.revision);
    ids.push_back(applying.next_id());
    counts.push_back(row.count);
  }
  Params params = columns(campaigns, minutes, hooks, codes, revisions, ids, counts);
  exchange.ask(
      "INSERT INTO refusal_count (campaign_id, minute, hook, code, revision, id, count)"
      " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (campaign_id, minute, hook, code, revision)"
      " DO UPDATE SET count = refusal_count.count + excluded.count",
      params);
}

}  // namespace

void apply_decisions(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch) {
  add_decisions(exchange, changes.decisions);
  if (changes.drop_decisions_to != 0) drop_decisions(exchange, changes.drop_decisions_to, batch);
  add_refusals(exchange, applying, changes.refusals);
  if (changes.forget_refusals_before) {
    Params params;
    params.add(*changes.forget_refusals_before - minute).add(forgotten_at_once);
    exchange.ask_unprepared(
        "DELETE FROM refusal_count WHERE (campaign_id, minute, hook, code, revision) IN"
        " (SELECT campaign_id, minute, hook, code, revision FROM refusal_count WHERE minute <= $1 ORDER BY minute, id"
        " LIMIT $2 FOR UPDATE SKIP LOCKED)",
        params);
  }
}

}  // namespace scrip::postgres
