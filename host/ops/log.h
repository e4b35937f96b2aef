// The log: one line an event on stderr, in logfmt, with the machine's time in UTC. Thread-safe; a
// line is written as a whole.
//
//   ts=2026-11-21T01:00:00.123Z level=warn msg="cannot accept connections" why="too many open files"
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace scrip {

enum class LogLevel : std::uint8_t { debug, info, warn, error, off };

// "debug", "info", "warn", "error", "off"; nullopt otherwise.
std::optional<LogLevel> parse_log_level(std::string_view name);

// What is below this level is not written. Info at first.
void set_log_level(LogLevel level);

// Whether it is worth putting a line of this level together.
bool logs(LogLevel level);

// One name and value of a line; `key` is a literal of letters and '_'.
struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, bool truth) : key(name), value(truth ? "true" : "false") {}
  template <std::integral T>
  LogField(std::string_view name, T number) : key(name), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// What log() writes after the time: 'level=info msg="..." key=value'. Whatever a client sent, it
// stays one line and one field: quotes, controls and what is no UTF-8 are escaped.
std::string format_log_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);

}  // namespace scrip
