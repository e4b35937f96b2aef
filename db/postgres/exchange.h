// A round trip whose statements each say what becomes of their rows. The rows are looked at in the order of the
// statements, after all of them were carried out; the first that is refused ends it.
#pragma once

#include <functional>
#include <vector>

#include "db/postgres/pipeline.h"

namespace scrip::postgres {

class Exchange {
 public:
  using Take = std::function<Result<void>(Rows&)>;

  explicit Exchange(Connection& db) : pipeline_(db) {}

  // `sql` must be a literal (Connection::prepared). Null: nobody wants its rows.
  void ask(const char* sql, Params params = {}, Take take = nullptr) {
    pipeline_.add(sql, std::move(params));
    takes_.push_back(std::move(take));
  }

  void ask_unprepared(const char* sql, Params params) {
    pipeline_.add_unprepared(sql, std::move(params));
    takes_.push_back(nullptr);
  }

  Result<void> run() {
    auto results = pipeline_.run();
    const auto takes = std::move(takes_);
    takes_.clear();
    if (!results) return results.error();
    for (std::size_t i = 0; i < takes.size(); ++i) {
      if (!takes[i]) continue;
      if (auto taken = takes[i]((*results)[i]); !taken) return taken;
      if (auto ended = (*results)[i].end(); !ended) return ended;
    }
    return {};
  }

 private:
  Pipeline pipeline_;
  std::vector<Take> takes_;
};

}  // namespace scrip::postgres
