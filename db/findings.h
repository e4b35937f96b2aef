// What a verify has found so far. Keeps the first thousand; a file that is wrong throughout would
// otherwise fill the memory with one line a row.
#pragma once

#include <string>
#include <vector>

#include "db/store.h"

namespace scrip {

class Findings {
 public:
  // `stored` is what the database says and `counted` what it should say.
  void add(std::string what, std::int64_t stored, std::int64_t counted) {
    if (drifts_.size() < kept) {
      drifts_.push_back({.what = std::move(what), .stored = stored, .counted = counted});
    } else {
      ++dropped_;
    }
  }
  void compare(std::string what, std::int64_t stored, std::int64_t counted) {
    if (stored != counted) add(std::move(what), stored, counted);
  }

  std::vector<Drift> take() {
    if (dropped_ > 0) drifts_.push_back({.what = "further differences, not listed", .stored = dropped_, .counted = 0});
    return std::move(drifts_);
  }

 private:
  static constexpr std::size_t kept = 1'000;
  std::vector<Drift> drifts_;
  std::int64_t dropped_ = 0;
};

}  // namespace scrip
