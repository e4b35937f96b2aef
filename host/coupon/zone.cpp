#include "coupon/zone.h"

#include <date/tz.h>

#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "coupon/zone_rule.h"

namespace scrip {
namespace {

std::int64_t seconds_of(date::sys_seconds instant) {
  return instant.time_since_epoch().count();
}

date::sys_seconds instant_at(std::int64_t seconds) {
  return date::sys_seconds{std::chrono::seconds{seconds}};
}

Period period_of(const date::sys_info& info) {
  return {.first = seconds_of(info.begin),
          .last = seconds_of(info.end),
          .offset_s = static_cast<int>(info.offset.count()),
          .dst = info.save != std::chrono::minutes{0},
          .abbreviation = info.abbrev};
}

// The rule that closes a TZif file: its last line, empty when there is none.
std::string closing_rule(const std::string& zone) {
  std::ifstream file("/usr/share/zoneinfo/" + zone, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (bytes.size() < 2 || !bytes.starts_with("TZif") || bytes[4] < '2' || bytes.back() != '\n') return {};
  const std::size_t line = bytes.rfind('\n', bytes.size() - 2);
  return line == std::string::npos ? std::string() : bytes.substr(line + 1, bytes.size() - line - 2);
}

class Zone {
 public:
  // UTC.
  Zone() = default;

  // Throws what the date library throws when the zone cannot be read.
  explicit Zone(const std::string& name) : table_(date::locate_zone(name)) {
    const date::sys_info last = table_->get_info(date::sys_days{date::year{9999} / 12 / 31});
    last_entry_ = seconds_of(last.begin);
    rule_ = ZoneRule::parse(closing_rule(name));
  }

  Period at(std::int64_t seconds) const {
    if (table_ == nullptr) return {.first = -forever, .last = forever, .abbreviation = "UTC"};
    if (!rule_ || seconds < last_entry_) return period_of(table_->get_info(instant_at(seconds)));
    Period period = rule_->at(seconds);
    // The rule holds from the table's last entry on, not before.
    if (period.first < last_entry_) period.first = last_entry_;
    return period;
  }

 private:
  static constexpr std::int64_t forever = 1'000'000'000'000;

  const date::time_zone* table_ = nullptr;
  std::int64_t last_entry_ = 0;
  std::optional<ZoneRule> rule_;
};

// Every zone that was asked for, never dropped: threads keep pointers.
class Atlas {
 public:
  // Null when there is no such zone.
  const Zone* find(std::string_view name) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = zones_.find(name); found != zones_.end()) return found->second.get();
    }
    if (name == "localtime") return nullptr;
    std::unique_ptr<const Zone> zone = open(std::string(name));
    if (zone == nullptr) return nullptr;
    const std::unique_lock lock(mutex_);
    return zones_.try_emplace(std::string(name), std::move(zone)).first->second.get();
  }

 private:
  static std::unique_ptr<const Zone> open(const std::string& name) {
    if (name == "UTC") return std::make_unique<const Zone>();
    try {
      return std::make_unique<const Zone>(name);
    } catch (const std::exception&) {  // unknown, unreadable, or no database on this machine
      return nullptr;
    }
  }

  std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<const Zone>, std::less<>> zones_;
};

Atlas& atlas() {
  static Atlas& all = *new Atlas;  // outlives every thread
  return all;
}

// The zones that a thread used last, each with the period it was in: a claim asks for the same zone
// and nearly the same instant as the one before.
struct Recent {
  std::string name;
  const Zone* zone = nullptr;
  Period period;
};

Recent& recent(std::string_view name) {
  thread_local std::array<Recent, 4> kept;
  thread_local std::size_t oldest = 0;
  for (Recent& entry : kept) {
    if (entry.zone != nullptr && entry.name == name) return entry;
  }
  const Zone* zone = atlas().find(name);
  assert(zone != nullptr);
  Recent& entry = kept[oldest];
  oldest = (oldest + 1) % kept.size();
  entry.name = name;
  entry.zone = zone != nullptr ? zone : atlas().find("UTC");
  entry.period = entry.zone->at(0);
  return entry;
}

}  // namespace

bool has_zone(std::string_view zone) {
  return atlas().find(zone) != nullptr;
}

const Period& period_at(std::string_view zone, std::int64_t seconds) {
  Recent& entry = recent(zone);
  if (seconds < entry.period.first || seconds >= entry.period.last) entry.period = entry.zone->at(seconds);
  return entry.period;
}

}  // namespace scrip
