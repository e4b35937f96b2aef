// How much of a write-ahead log's file was ever written by SQLite: behind it is room, of zeros.
// See "WAL File Format" in SQLite's documentation.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace scrip {

inline constexpr std::uintmax_t log_header = 32;
inline constexpr std::uintmax_t log_frame = 4096 + 24;  // a page in the log

inline std::uintmax_t log_size(const std::string& path) {
  const std::uintmax_t whole = std::filesystem::file_size(path + "-wal");
  if (whole < log_header) return 0;
  std::ifstream log(path + "-wal", std::ios::binary);
  for (std::uintmax_t frames = (whole - log_header) / log_frame; frames > 0; --frames) {
    std::array<char, 4> page_number{};
    log.seekg(static_cast<std::streamoff>(log_header + (frames - 1) * log_frame));
    log.read(page_number.data(), page_number.size());
    if (page_number != std::array<char, 4>{}) return log_header + frames * log_frame;
  }
  return 0;
}

}  // namespace scrip
