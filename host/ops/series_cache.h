// Finds a time series by the values of its labels. The metrics library makes a map of labels and hashes all of
// it each time it is asked for a series, which is much for something that every claim does. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace scrip {

template <class Series, std::size_t labels>
class SeriesCache {
 public:
  using Values = std::array<std::string_view, labels>;

  // The series that `make` gave for the same values before, or gives now. There may be any number of values: of
  // those that meet in a slot the first stay, and `make` is asked for the others each time.
  template <class Make>
  Series& find(const Values& values, const Make& make) {
    std::size_t hash = 0;
    for (const std::string_view value : values) hash = hash * 31 + std::hash<std::string_view>{}(value);
    std::atomic<const Known*>& slot = slots_[hash % slots_.size()];
    const Known* const known = slot.load(std::memory_order_acquire);
    if (known && is(*known, values)) return *known->series;
    Series& series = make();
    if (!known) keep(slot, values, series);
    return series;
  }

 private:
  struct Known {
    std::array<std::string, labels> values;
    Series* series = nullptr;
  };

  static bool is(const Known& known, const Values& values) {
    for (std::size_t i = 0; i < labels; ++i) {
      if (known.values[i] != values[i]) return false;
    }
    return true;
  }

  void keep(std::atomic<const Known*>& slot, const Values& values, Series& series) {
    const std::lock_guard lock(mutex_);
    if (slot.load(std::memory_order_relaxed)) return;
    auto known = std::make_unique<Known>();
    for (std::size_t i = 0; i < labels; ++i) known->values[i] = values[i];
    known->series = &series;
    slot.store(known.get(), std::memory_order_release);
    all_.push_back(std::move(known));
  }

  std::array<std::atomic<const Known*>, 1024> slots_{};
  std::mutex mutex_;
  std::vector<std::unique_ptr<const Known>> all_;
};

}  // namespace scrip
