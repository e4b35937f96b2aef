#include "ops/log.h"

#include <catch2/catch.hpp>

using namespace scrip;

TEST_CASE("a log line is logfmt") {
  CHECK(format_log_line(LogLevel::warn, "cannot accept", {{"why", "no room left"}, {"open", 1024}, {"fatal", false}}) ==
        R"(level=warn msg="cannot accept" why="no room left" open=1024 fatal=false)");
  CHECK(format_log_line(LogLevel::debug, "request", {{"path", "/api/v1/coupons"}, {"took_us", std::int64_t{-5}}}) ==
        "level=debug msg=request path=/api/v1/coupons took_us=-5");
}

TEST_CASE("whatever a client sends stays one line and one field") {
  CHECK(format_log_line(LogLevel::info, "m", {{"v", ""}}) == R"(level=info msg=m v="")");
  CHECK(format_log_line(LogLevel::info, "m", {{"v", "a\nlevel=error"}}) == R"(level=info msg=m v="a\x0alevel=error")");
  CHECK(format_log_line(LogLevel::info, "m", {{"v", R"(a" b\)"}}) == R"(level=info msg=m v="a\" b\\")");
  CHECK(format_log_line(LogLevel::info, "m", {{"v", "a=b"}}) == R"(level=info msg=m v="a=b")");
  CHECK(format_log_line(LogLevel::info, "m", {{"v", "\x1b[31m"}}) == R"(level=info msg=m v="\x1b[31m")");
  CHECK(format_log_line(LogLevel::info, "m", {{"v", "\xff"}}) == R"(level=info msg=m v="\xff")");
  CHECK(format_log_line(LogLevel::info, "m", {{"v", "쿠폰"}}) == "level=info msg=m v=\"쿠폰\"");
}

TEST_CASE("what is below the level is not logged") {
  CHECK(parse_log_level("warn") == LogLevel::warn);
  CHECK(!parse_log_level("WARN"));
  CHECK(logs(LogLevel::info));
  CHECK(!logs(LogLevel::debug));
  set_log_level(LogLevel::error);
  CHECK(!logs(LogLevel::warn));
  CHECK(logs(LogLevel::error));
  set_log_level(LogLevel::off);
  CHECK(!logs(LogLevel::error));
  CHECK(!logs(LogLevel::off));
  set_log_level(LogLevel::info);
}
