#include "db/postgres/apply.h"
#include "db/postgres/columns_of_rows.h"

namespace scrip::postgres {
namespace {

void add_import(Exchange& exchange, const Applying& applying, const ImportJob& job) {
  Params id;
  id.add(job.id);
  exchange.ask("DELETE FROM import_error WHERE job = (SELECT number FROM import_job WHERE id = $1)", id);
  Params again;
  again.add(job.id);
  exchange.ask("DELETE FROM import_job WHERE id = $1", again);
  Params params;
  params.add(job.id)
      .add(applying.next_id())
      .add(job.campaign)
      .add(name(job.state))
      .add(job.rows)
      .add(job.imported)
      .add(job.rejected)
      .add(job.bytes_read)
      .add(job.bytes_total)
      .add(job.started_at)
      .add(job.ended_at)
      .add(job.why)
      .add(applying.node.number)
      .add(applying.node.incarnation);
  exchange.ask(
      "INSERT INTO import_job (id, number, campaign_id, state, rows, imported, rejected, bytes_read, bytes_total,"
      " started_at, ended_at, why, node_id, incarnation)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
      params);
}

// Whoever goes on with it has it from now on.
void change_import(Exchange& exchange, const Applying& applying, const ImportJob& job) {
  Params params;
  params.add(job.id)
      .add(name(job.state))
      .add(job.rows)
      .add(job.imported)
      .add(job.rejected)
      .add(job.bytes_read)
      .add(job.ended_at)
      .add(job.why)
      .add(applying.node.number)
      .add(applying.node.incarnation);
  exchange.ask(
      "UPDATE import_job SET state = $2, rows = $3, imported = $4, rejected = $5, bytes_read = $6, ended_at = $7,"
      " why = $8, node_id = $9, incarnation = $10 WHERE id = $1",
      params);
}

void add_errors(Exchange& exchange, const std::string& job, const std::vector<ImportError>& errors) {
  if (errors.empty()) return;
  // Of one line the last counts.
  std::map<std::int64_t, std::string_view> by_line;
  for (const ImportError& error : errors) by_line[error.line] = error.message;
  Numbers lines;
  Texts messages;
  for (const auto& [line, message] : by_line) {
    lines.push_back(line);
    messages.push_back(message);
  }
  Params params = columns(lines, messages);
  params.add(job);
  exchange.ask(
      "INSERT INTO import_error (job, line, message) SELECT j.number, n.line, n.message FROM import_job j"
      " CROSS JOIN unnest($1, $2) AS n (line, message) WHERE j.id = $3"
      " ON CONFLICT (job, line) DO UPDATE SET message = excluded.message",
      params);
}

}  // namespace

void apply_imports(Exchange& exchange, const Applying& applying, const Changes& changes) {
  for (const auto& [id, change] : changes.imports) {
    if (change.is_new) {
      add_import(exchange, applying, change.job);
    } else {
      change_import(exchange, applying, change.job);
    }
    add_errors(exchange, id, change.errors);
  }
}

}  // namespace scrip::postgres
