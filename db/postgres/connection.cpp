#include "db/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace scrip::postgres {
namespace {

// What every session is set to; a batch is shorter than any of these by far. Answers are given after the fsync, so
// synchronous_commit is not left to the server's configuration. A node that stops in the middle of a batch (paused,
// swapped out) must not keep its locks for long.
constexpr const char* settings =
    "SET synchronous_commit = on; SET lock_timeout = 2000; SET statement_timeout = 10000;"
    " SET idle_in_transaction_session_timeout = 10000; SET client_min_messages = warning";
// Of tables that are small when a statement is prepared it would be planned to read them whole, and so for hours. And
// of the first thousand in an index's order, all there are would be fetched and sorted. What cannot do without costs so
// much by that, that it would be compiled each time, which takes a hundred times longer than to run it.
constexpr const char* planner_settings =
    "SET jit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off;"
    " SET enable_hashjoin = off; SET enable_mergejoin = off";
constexpr const char* reader_settings =
    "SET default_transaction_read_only = on; SET statement_timeout = 30000; SET client_min_messages = warning";

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::string without_newline(const char* message) {
  std::string text = message ? message : "";
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// What the URL says, and what it leaves open.
Result<std::vector<std::pair<std::string, std::string>>> parameters_of(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(url.c_str(), &message));
  if (!options) {
    Error error{.code = Code::invalid_request, .message = "The store's URL: " + without_newline(message)};
    PQfreemem(message);
    return error;
  }
  std::vector<std::pair<std::string, std::string>> given{{"connect_timeout", "2"},     {"tcp_user_timeout", "5000"},
                                                         {"keepalives", "1"},          {"keepalives_idle", "5"},
                                                         {"keepalives_interval", "2"}, {"keepalives_count", "3"},
                                                         {"application_name", "scrip"}};
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
    if (!option->val || !*option->val) continue;
    const std::string_view keyword = option->keyword;
    const std::string_view value = option->val;
    const auto same = std::find_if(given.begin(), given.end(), [&](const auto& it) { return it.first == keyword; });
    if (same != given.end()) {
      same->second = value;
    } else {
      // Before what is given: what the URL says later about the same does not count twice.
      given.emplace_back(keyword, value);
    }
    if ((keyword == "host" || keyword == "hostaddr") && value.find(',') != std::string_view::npos) {
      given.emplace_back("", "");  // several hosts
    }
  }
  const auto several = std::find(given.begin(), given.end(), std::pair<std::string, std::string>());
  if (several != given.end()) {
    const bool chosen = std::any_of(given.begin(), given.end(), [](const auto& it) {
      return it.first == "target_session_attrs" && it.second != "any";
    });
    std::erase(given, std::pair<std::string, std::string>());
    std::erase_if(given, [&](const auto& it) { return !chosen && it.first == "target_session_attrs"; });
    if (!chosen) given.emplace_back("target_session_attrs", "read-write");
  }
  return given;
}

}  // namespace

Code code_of(std::string_view sqlstate) {
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03" || sqlstate == "23505") {
    return Code::storage_conflict;
  }
  const std::string_view family = sqlstate.substr(0, 2);
  // 25006: what was the primary is a standby now. 25P03: the session was ended for doing nothing in a transaction.
  // 40003: nobody knows whether the statement was carried out.
  const bool passing = sqlstate.empty() || family == "08" || family == "53" || family == "57" || family == "58" ||
                       sqlstate == "25006" || sqlstate == "25P03" || sqlstate == "40003";
  return passing ? Code::storage_unavailable : Code::internal;
}

Error storage_error(std::string_view sqlstate, std::string message) {
  Error error{.code = code_of(sqlstate), .message = "PostgreSQL: " + std::move(message)};
  if (!sqlstate.empty()) error.message += " (" + std::string(sqlstate) + ")";
  if (error.code == Code::storage_unavailable) error.retry_after_s = 1;
  return error;
}

void ClearResult::operator()(pg_result* result) const {
  PQclear(result);
}
void Connection::Close::operator()(pg_conn* db) const {
  PQfinish(db);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& url, Use use) {
  const auto parameters = parameters_of(url);
  if (!parameters) return parameters.error();
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : *parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<Connection> connection(new Connection(PQconnectdbParams(keywords.data(), values.data(), 0)));
  pg_conn* const db = connection->handle();
  if (!db) return storage_error("53200", "out of memory");
  if (PQstatus(db) != CONNECTION_OK) return connection->error();
  PQsetNoticeProcessor(
      db, [](void*, const char*) {}, nullptr);
  if (PQsetClientEncoding(db, "UTF8") != 0) return connection->error();
  if (auto set = connection->execute(use == Use::writing ? settings : reader_settings); !set) return set.error();
  // Servers that are not PostgreSQL plan in other ways, and need not know these.
  if (use == Use::writing) static_cast<void>(connection->execute(planner_settings));
  PQsetnonblocking(db, 1);
  return connection;
}

Result<void> Connection::execute(const char* sql) {
  const ResultPointer result(PQexec(db_.get(), sql));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  const char* const state = result ? PQresultErrorField(result.get(), PG_DIAG_SQLSTATE) : nullptr;
  return storage_error(state && !broken() ? state : "", without_newline(PQerrorMessage(db_.get())));
}

bool Connection::broken() const {
  return given_up_ || PQstatus(db_.get()) != CONNECTION_OK;
}

bool Connection::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(db_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool Connection::flush() {
  if (PQflush(db_.get()) >= 0) return true;
  given_up_ = true;
  return false;
}

bool Connection::wait_for_result(std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    const int unsent = PQflush(db_.get());
    if (unsent < 0 || PQconsumeInput(db_.get()) == 0) break;
    if (PQisBusy(db_.get()) == 0) return true;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    pollfd socket{.fd = PQsocket(db_.get()), .events = POLLIN, .revents = 0};
    if (unsent > 0) socket.events = POLLIN | POLLOUT;
    poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
  }
  given_up_ = true;
  return false;
}

Connection::Prepared Connection::prepared(const char* sql) {
  Statement& statement = statements_[sql];
  if (statement.name.empty()) statement.name = "s" + std::to_string(statements_.size());
  return {.name = statement.name.c_str(), .known = statement.known};
}

void Connection::note_prepared(const char* sql) {
  statements_[sql].known = true;
}

Error Connection::error() const {
  return storage_error("", without_newline(PQerrorMessage(db_.get())));
}

}  // namespace scrip::postgres
