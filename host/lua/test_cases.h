// A test that is a table: what its cases share (hook, rules or policy, params, facts), and the cases,
// each with its own facts and what is wanted:
//
//   ["ten per cent comes off"] = {
//     hook = "redeem", rules = { discount { percent = 10 } },
//     case "a round amount" { order = { amount = 20000 }, discount = 2000 },
//   }
//
// All functions belong inside a run, and raise.
#pragma once

#include <string>
#include <vector>

#include "lua/lua_api.h"

namespace scrip {

struct TableCase {
  std::string name;
  int line = 0;
  // References in the registry.
  int shared = 0;
  int members = 0;
};

// The cases of the table at an index. `test` names it in errors.
std::vector<TableCase> read_table_cases(lua_State* L, int table, const std::string& test);

// Asks what the case asks, and raises when the decision is not the wanted one.
void run_table_case(lua_State* L, const TableCase& test);

}  // namespace scrip
