#include "db/postgres/pipeline.h"

#include <libpq-fe.h>

#include <optional>
#include <string>
#include <unordered_set>

namespace scrip::postgres {
namespace {

// Longer than the server's own limits (connection.cpp): when it passes, the server does not answer at all.
constexpr std::chrono::seconds patience{15};

std::string first_line(const char* text) {
  std::string line = text ? text : "";
  return line.substr(0, line.find('\n'));
}

}  // namespace

std::size_t Pipeline::add(const char* sql, Params params) {
  statements_.push_back({.sql = sql, .params = std::move(params)});
  return statements_.size() - 1;
}

std::size_t Pipeline::add_unprepared(const char* sql, Params params) {
  statements_.push_back({.sql = sql, .params = std::move(params), .prepared = false});
  return statements_.size() - 1;
}

bool Pipeline::send(Statement& statement) {
  const Params& params = statement.params;
  const std::vector<int> binary(params.types().size(), 1);
  if (!statement.prepared) {
    return PQsendQueryParams(db_.handle(), statement.sql, params.count(), params.types().data(), params.values().data(),
                             params.lengths().data(), binary.data(), 1) != 0;
  }
  const auto prepared = db_.prepared(statement.sql);
  if (statement.prepares) {
    if (PQsendPrepare(db_.handle(), prepared.name, statement.sql, params.count(), params.types().data()) == 0)
      return false;
  }
  return PQsendQueryPrepared(db_.handle(), prepared.name, params.count(), params.values().data(),
                             params.lengths().data(), binary.data(), 1) != 0;
}

// The next statement's result; null: there is none, the connection is given up.
Result<ResultPointer> Pipeline::next(std::chrono::steady_clock::time_point deadline) {
  ResultPointer result;
  for (;;) {
    if (!db_.wait_for_result(deadline)) return db_.error();
    ResultPointer more(PQgetResult(db_.handle()));
    // A null pointer ends each statement's results.
    if (!more) {
      if (!result) continue;
      return result;
    }
    const ExecStatusType status = PQresultStatus(more.get());
    result = std::move(more);
    if (status == PGRES_PIPELINE_SYNC) return result;
  }
}

Result<std::vector<Rows>> Pipeline::run() {
  auto statements = std::move(statements_);
  statements_.clear();
  std::vector<Rows> rows;
  if (statements.empty()) return rows;
  if (db_.broken()) return db_.error();
  pg_conn* const db = db_.handle();
  if (PQenterPipelineMode(db) == 0) return db_.error();
  std::unordered_set<const char*> preparing;
  bool sent = true;
  for (Statement& statement : statements) {
    statement.prepares =
        statement.prepared && !db_.prepared(statement.sql).known && preparing.insert(statement.sql).second;
    sent = sent && send(statement);
  }
  if (!sent || PQpipelineSync(db) == 0) {
    db_.give_up();
    return db_.error();
  }

  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::optional<Error> error;
  const auto take = [&](const char* sql, bool prepares) -> Result<void> {
    auto result = next(deadline);
    if (!result) return result.error();
    const ExecStatusType status = PQresultStatus(result->get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      if (prepares) {
        db_.note_prepared(sql);
      } else {
        rows.emplace_back(std::move(*result));
      }
    } else if (!error) {
      const char* const state = PQresultErrorField(result->get(), PG_DIAG_SQLSTATE);
      const char* const message = PQresultErrorField(result->get(), PG_DIAG_MESSAGE_PRIMARY);
      error = storage_error(state ? state : "", message ? message : first_line(PQresultErrorMessage(result->get())));
      // A standby; and what nobody knows whether it was done, to be found out as if the connection had been lost.
      const std::string_view given_up = state ? state : "";
      if (given_up == "25006" || given_up == "40003") db_.give_up();
    }
    return {};
  };
  for (const Statement& statement : statements) {
    if (statement.prepares) {
      if (auto taken = take(statement.sql, true); !taken) return error ? *error : taken.error();
    }
    if (auto taken = take(statement.sql, false); !taken) return error ? *error : taken.error();
  }
  // The end of the pipeline.
  if (auto ended = next(deadline); !ended) return error ? *error : ended.error();
  if (PQexitPipelineMode(db) == 0) {
    db_.give_up();
    return db_.error();
  }
  if (error) return *error;
  return rows;
}

Result<Rows> query(Connection& db, const char* sql, Params params) {
  Pipeline pipeline(db);
  pipeline.add(sql, std::move(params));
  auto results = pipeline.run();
  if (!results) return results.error();
  return std::move(results->front());
}

}  // namespace scrip::postgres
