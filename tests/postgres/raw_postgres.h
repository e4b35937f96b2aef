// A database in the hands of somebody with psql: what a test damages it with, and looks at it without Scrip's
// own code. Throws std::runtime_error with the server's words when a statement fails.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace scrip::postgres_test {

class RawPostgres {
 public:
  explicit RawPostgres(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  // One statement or several.
  void execute(const std::string& sql) { run(sql); }

  // The first column of the first row; empty when there is none.
  std::string text(const std::string& sql) {
    const auto rows = column(sql);
    return rows.empty() ? std::string() : rows.front();
  }
  std::int64_t integer(const std::string& sql) { return std::stoll(text(sql)); }

  // The first column of all rows.
  std::vector<std::string> column(const std::string& sql) {
    const Answer answer = run(sql);
    std::vector<std::string> values;
    for (int row = 0; row < PQntuples(answer.get()); ++row) values.emplace_back(PQgetvalue(answer.get(), row, 0));
    return values;
  }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* answer) const { PQclear(answer); }
  };
  using Answer = std::unique_ptr<PGresult, Close>;

  Answer run(const std::string& sql) {
    Answer answer(PQexec(connection_.get(), sql.c_str()));
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      throw std::runtime_error(sql + ": " + PQerrorMessage(connection_.get()));
    }
    return answer;
  }

  std::unique_ptr<PGconn, Close> connection_;
};

}  // namespace scrip::postgres_test
