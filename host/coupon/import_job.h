// An import of a file of codes: how far it has come, and what was wrong with its rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/time.h"

namespace scrip {

enum class ImportState : std::uint8_t { running, done, failed };

std::string_view name(ImportState state);
std::optional<ImportState> parse_import_state(std::string_view name);

// [a-z0-9][a-z0-9_-]{0,63}
bool is_import_id(std::string_view id);

struct ImportJob {
  std::int64_t number = 0;  // the store's: grows with time
  std::string id;
  std::int64_t campaign = 0;
  ImportState state = ImportState::running;
  std::int64_t rows = 0;  // read so far: imported + rejected
  std::int64_t imported = 0;
  std::int64_t rejected = 0;
  std::int64_t bytes_read = 0;
  std::optional<std::int64_t> bytes_total;  // nullopt: not known
  Micros started_at = 0;
  std::optional<Micros> ended_at;
  std::string why;  // it failed; else empty

  // 0 to 1; nullopt while nobody can know.
  std::optional<double> progress() const;
};

// A row that was not imported.
struct ImportError {
  std::int64_t line = 0;  // of the file, from 1: where the row begins
  std::string message;    // a sentence
};

// So many of a job are kept.
inline constexpr std::int64_t kept_import_errors = 100;

}  // namespace scrip
