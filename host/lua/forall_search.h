// The search behind t.forall: makes cases up, asks, looks whether the properties hold, and makes a
// case that breaks one as small as can be. Lives within a run of a test; its functions raise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lua/json_value.h"
#include "lua/made_up_facts.h"
#include "lua/test_bench.h"

namespace scrip {

inline constexpr std::array<std::string_view, 3> ready_properties{"never_negative", "never_above_order",
                                                                  "monotone_in_amount"};

struct Property {
  std::string name;
  int function = LUA_NOREF;  // reference in the registry; none: a ready one
};

// One case: what was made up, and what came of it.
struct ForallCase {
  Json facts;
  TestBench::Asked asked;
  std::string broken;  // the property that does not hold; empty: all do
  std::string why;
};

class ForallSearch {
 public:
  // The question's facts are the pattern for those of the cases.
  ForallSearch(lua_State* L, TestBench::Question question, std::vector<Property> properties)
      : L_(L), question_(std::move(question)), pattern_(question_.facts), properties_(std::move(properties)) {}

  // `keep`: the decision is compared with that of the run in the opposite order.
  ForallCase run(Choices& choices, bool keep);

  // Lowers the choices behind a case for as long as something is still broken.
  ForallCase shrink(ForallCase broken, std::vector<std::uint64_t> made);

  // Whether shrinking came to its end before the time did.
  bool smallest() const { return smallest_; }

 private:
  std::optional<std::string> violation(const Property& property, const ForallCase& made, Choices& choices);

  lua_State* L_;
  TestBench::Question question_;
  const Json pattern_;
  const std::vector<Property> properties_;
  bool smallest_ = false;
};

}  // namespace scrip
