// The PostgreSQL server that all test programs of a build share (keep_server.cpp): started by the first that
// asks, and kept for as long as one of them lives.
#pragma once

#include <string>

namespace scrip::postgres_test {

// "postgresql://…" of one of its databases; "postgres" is always there. Throws std::runtime_error when there
// can be no server.
std::string shared_url(const std::string& database);

// The file in which it logs; each entry begins with the name of its database and a space, and its further lines
// with a tab.
std::string shared_log();

// A lock over all test programs for as long as this lives: what one of them makes for all.
class StartLock {
 public:
  StartLock();
  ~StartLock();
  StartLock(const StartLock&) = delete;
  StartLock& operator=(const StartLock&) = delete;

 private:
  int file_;
};

}  // namespace scrip::postgres_test
