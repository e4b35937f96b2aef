#include <algorithm>
#include <set>
#include <tuple>

#include "db/postgres/apply.h"
#include "db/postgres/columns.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

Params campaign_params(const Campaign& campaign) {
  Params params;
  params.add(campaign.number)
      .add(campaign.version)
      .add(campaign.id)
      .add(campaign.name)
      .add(campaign.policy)
      .add(campaign.params)
      .add(campaign.total)
      .add(campaign.pattern)
      .add(name(campaign.alphabet))
      .add(campaign.format)
      .add(campaign.starts_at)
      .add(campaign.ends_at)
      .add(campaign.timezone)
      .add(campaign.metadata)
      .add(name(campaign.status))
      .add(campaign.created_at);
  return params;
}

void put_campaign(Exchange& exchange, const Campaign& campaign) {
  exchange.ask("INSERT INTO campaign_version (" SCRIP_PG_CAMPAIGN
               ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
               campaign_params(campaign));
  exchange.ask("INSERT INTO campaign (" SCRIP_PG_CAMPAIGN
               ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
               " ON CONFLICT (campaign_id) DO UPDATE SET version = excluded.version, id = excluded.id,"
               " name = excluded.name, policy = excluded.policy, params = excluded.params, total = excluded.total,"
               " pattern = excluded.pattern, alphabet = excluded.alphabet, format = excluded.format,"
               " starts_at = excluded.starts_at, ends_at = excluded.ends_at, timezone = excluded.timezone,"
               " metadata = excluded.metadata, status = excluded.status, created_at = excluded.created_at",
               campaign_params(campaign));
}

void add_format(Exchange& exchange, const FormatRow& format) {
  const std::string key(format.key.begin(), format.key.end());
  Params params;
  params.add(format.id).add(format.shape).add(name(format.alphabet)).add(Bytes{key});
  exchange.ask("INSERT INTO code_format (" SCRIP_PG_FORMAT ") VALUES ($1, $2, $3, $4)", params);
}

void add_batches(Exchange& exchange, const std::vector<CodeBatch>& batches) {
  if (batches.empty()) return;
  Numbers ids, campaigns, formats, indexes, serials, counts, created;
  for (const CodeBatch& batch : batches) {
    ids.push_back(batch.id);
    campaigns.push_back(batch.campaign);
    formats.push_back(batch.format);
    indexes.push_back(batch.first_index);
    serials.push_back(batch.first_serial);
    counts.push_back(batch.count);
    created.push_back(batch.created_at);
  }
  Params params = columns(ids, campaigns, formats, indexes, serials, counts, created);
  exchange.ask("INSERT INTO code_batch (" SCRIP_PG_BATCH ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)", params);
}

void add_revision(Exchange& exchange, const RevisionRow& revision) {
  Params params;
  params.add(revision.number).add(revision.revision).add(revision.accepted_at).add(revision.accepted_by);
  exchange.ask("INSERT INTO policy_revision (" SCRIP_PG_REVISION ") VALUES ($1, $2, $3, $4)", params);
  if (revision.files.empty()) return;
  Texts names;
  Blobs files;
  for (const auto& [file, bytes] : revision.files) {
    names.push_back(file);
    files.push_back({bytes});
  }
  Params rows = columns(names, files);
  rows.add(revision.number);
  exchange.ask(
      "INSERT INTO policy_file (revision, name, bytes) SELECT $3, n.name, n.bytes FROM unnest($1, $2)"
      " AS n (name, bytes)",
      rows);
}

void add_activation(Exchange& exchange, std::int64_t id, const PolicyActivation& activation) {
  Params params;
  params.add(id)
      .add(activation.revision)
      .add(activation.at)
      .add(activation.by)
      .add(name(activation.origin))
      .add(activation.notes)
      .add(activation.set_aside);
  exchange.ask(
      "INSERT INTO policy_activation (id, revision, at, actor, origin, notes, set_aside)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      params);
}

// Works that are put, and whether one of them may be new.
bool put_works(Exchange& exchange, const std::map<std::int64_t, std::optional<Work>>& works) {
  Numbers ids, created, updated, dropped;
  Texts titles;
  for (const auto& [id, work] : works) {
    if (!work) {
      dropped.push_back(id);
      continue;
    }
    ids.push_back(id);
    titles.push_back(work->title);
    created.push_back(work->created_at);
    updated.push_back(work->updated_at);
  }
  if (!dropped.empty()) {
    Params params = columns(dropped);
    exchange.ask("DELETE FROM work WHERE id = ANY($1)", params);
  }
  if (ids.empty()) return false;
  Params params = columns(ids, titles, created, updated);
  exchange.ask("INSERT INTO work (" SCRIP_PG_WORK
               ") SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
               " updated_at = excluded.updated_at",
               params);
  Params last;
  last.add(ids.back());
  exchange.ask("UPDATE setting SET value = $1 WHERE name = 'last_work' AND value < $1", last);
  return true;
}

bool imports_first(const Applying& applying, const Changes& changes) {
  if (applying.has_imports) return false;
  for (const auto& [key, change] : changes.coupons) {
    if (change.is_new && key.serial < 0) return true;
  }
  return false;
}

// Whether all that changes of campaigns are the totals of those into which coupons are being imported. That happens
// with every page of a file, and concerns nobody who does not touch the campaign: who does finds its version
// (writer_load.cpp), and everybody is told when the file has ended.
bool only_totals(const Applying& applying, const Changes& changes) {
  std::set<std::int64_t> importing;
  for (const auto& [id, change] : changes.imports) {
    if (change.job.state == ImportState::running && !change.is_new) importing.insert(change.job.campaign);
  }
  for (const Campaign& campaign : changes.campaigns) {
    const auto known = applying.known.find(campaign.number);
    if (known == applying.known.end() || !importing.contains(campaign.number)) return false;
    const Campaign& was = known->second;
    const auto rest = [](const Campaign& of) {
      return std::tie(of.id, of.name, of.policy, of.params, of.pattern, of.alphabet, of.format, of.starts_at,
                      of.ends_at, of.timezone, of.metadata, of.status, of.created_at);
    };
    if (rest(campaign) != rest(was)) return false;
  }
  return true;
}

// Of a file that has ended.
bool ends_imports(const Changes& changes) {
  return std::any_of(changes.imports.begin(), changes.imports.end(),
                     [](const auto& it) { return it.second.job.state != ImportState::running; });
}

}  // namespace

void apply_definitions(Exchange& exchange, const Applying& applying, const Changes& changes, BatchState& batch) {
  const bool works = put_works(exchange, changes.works);
  batch.raises_version = works || !changes.formats.empty() || !only_totals(applying, changes) ||
                         !changes.batches.empty() || changes.revision || changes.active_revision ||
                         changes.activation || imports_first(applying, changes) || ends_imports(changes);
  if (!batch.raises_version) {
    for (const Campaign& campaign : changes.campaigns) put_campaign(exchange, campaign);
    return;
  }
  // First, and at once the check that nobody else has changed them: numbers of campaigns, formats, batches and
  // revisions are counted on from what the ledger knows.
  Params version;
  version.add(applying.definition_version);
  exchange.ask("UPDATE definition_version SET version = version + 1 WHERE id = 1 AND version = $1", version,
               expect_count(1, "another node has changed what is defined"));
  for (const FormatRow& format : changes.formats) add_format(exchange, format);
  for (const Campaign& campaign : changes.campaigns) put_campaign(exchange, campaign);
  add_batches(exchange, changes.batches);
  if (changes.revision) add_revision(exchange, *changes.revision);
  if (changes.active_revision) {
    Params params;
    params.add(*changes.active_revision);
    exchange.ask("UPDATE setting SET value = $1 WHERE name = 'active_revision'", params);
  }
  if (changes.activation) add_activation(exchange, applying.next_id(), *changes.activation);
}

}  // namespace scrip::postgres
