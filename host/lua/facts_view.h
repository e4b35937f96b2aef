// The facts as rules see them: views that stay the same from decision to decision, over tables that
// are written anew for each. What few rules read (attributes, metadata, items) is made when a rule
// reads it. Belongs to one VM, and is its context.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lua/lua_api.h"
#include "policy/facts.h"
#include "policy/policy_set.h"

namespace scrip {

class FactsView {
 public:
  // Makes the views. In a run, once.
  void open(lua_State* L);

  // Writes the facts, which must outlive the run. Raises when one is not exact in Lua (2^53). In a
  // run; precondition: facts.campaign.
  void show(lua_State* L, Hook hook, const Facts& facts);

  // facts.discount: what the rules before have granted in this decision. In a run.
  void show_discount(lua_State* L, std::int64_t discount);

  // Forgets the facts. A view that a rule kept is stale from then on, and says so or shows old values.
  void hide() { shown_ = nullptr; }

  void push(lua_State* L) const;

  // From now on the facts that claims change are made when a rule reads them, and remembered.
  void watch_reads() { watching_ = true; }
  ReadFacts take_reads() { return std::exchange(reads_, {}); }

 private:
  static constexpr std::size_t sections = 6;
  static constexpr std::size_t members = 37;

  void show_campaign(lua_State* L, const Facts& facts);
  void show_user(lua_State* L, const Facts& facts);
  void show_coupon(lua_State* L, const CouponFacts& coupon);
  void show_order(lua_State* L, const Order& order);
  void show_counters(lua_State* L, const Counters& counters);
  // Of the user only who it is: an order of several coupons is of no one campaign.
  void show_holder(lua_State* L, const UserFacts& user);

  void set(lua_State* L, std::size_t member, std::int64_t value) const;
  void set(lua_State* L, std::size_t member, const std::optional<std::int64_t>& value) const;
  void set(lua_State* L, std::size_t member, std::string_view text) const;
  void set_nil(lua_State* L, std::size_t member) const;
  // A fact that claims change: left out while reads are watched, so that reading it comes to absent().
  void set_changing(lua_State* L, std::size_t member, const std::optional<std::int64_t>& value) const;
  // The value of such a fact, which is remembered as read; false: it is none, or has no value.
  bool push_watched(lua_State* L, std::size_t section, std::string_view member);
  void set_view(lua_State* L, std::size_t member, std::size_t section, bool present) const;

  static int absent(lua_State* L);

  // References in the registry.
  std::array<int, members> names_{};
  std::array<int, sections> tables_{};
  std::array<int, sections> views_{};

  // Integers that are written, so that those which stay the same, most of them from claim to claim, are
  // not written again; all other members have no entry.
  mutable std::array<std::optional<std::int64_t>, members> integers_{};

  const Facts* shown_ = nullptr;
  std::optional<Hook> hook_;                  // that is written
  std::optional<std::int64_t> discount_;      // that is written
  std::shared_ptr<const Campaign> campaign_;  // whose definition is written
  bool attributes_made_ = false;
  bool items_made_ = false;
  bool coupons_made_ = false;
  std::vector<std::string> counters_;  // the names that are written
  bool watching_ = false;
  ReadFacts reads_;
};

}  // namespace scrip
