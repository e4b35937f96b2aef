// An empty database of a test's own on the shared server, with Scrip's tables; dropped with everything in it.
#pragma once

#include <string>

namespace scrip::postgres_test {

class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return name_; }
  const std::string& url() const { return url_; }

 private:
  std::string name_;
  std::string url_;
};

}  // namespace scrip::postgres_test
