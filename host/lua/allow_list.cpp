#include "lua/allow_list.h"

#include "lua/answers.h"
#include "lua/base_functions.h"
#include "lua/short_text.h"
#include "lua/time_functions.h"
#include "lua/words.h"

namespace scrip {
namespace {

constexpr unsigned bit(PolicyFileKind kind) {
  return 1U << static_cast<unsigned>(kind);
}

constexpr unsigned plugins = bit(PolicyFileKind::plugin);
constexpr unsigned scripts = bit(PolicyFileKind::script);
constexpr unsigned tests = bit(PolicyFileKind::test);
constexpr unsigned all = plugins | scripts | tests;

constexpr bool word = true;

// A name is here because its function is a pure one of its arguments, ends soon whatever they are,
// and gives no access to anything that is not its argument. What is missing is missing on purpose:
//   pcall xpcall coroutine     would swallow the host's time-out
//   load loadstring dofile require module   code from elsewhere; bytecode is not memory-safe
//   getmetatable setmetatable rawget rawset rawequal next newproxy   ways past read-only
//   getfenv setfenv debug _G   ways out of the environment
//   collectgarbage print io os package ffi jit   the machine
//   string.find match gmatch gsub   a pattern can take forever in one call that cannot be stopped
//   string.dump                bytecode
//   math.random randomseed     the same facts must give the same verdict
constexpr Allowed list[] = {
    // The language.
    {"", "assert", all, nullptr},
    {"", "error", all, nullptr},
    {"", "type", all, nullptr},
    {"", "tonumber", all, nullptr},
    {"", "select", all, nullptr},
    {"", "unpack", all, nullptr},           // LuaJIT's limits its results to the stack
    {"", "ipairs", all, &base_ipairs},      // also over views
    {"", "pairs", all, &base_pairs},        // in an order that is the same in every VM
    {"", "tostring", all, &base_tostring},  // no addresses, which differ between VMs

    // Strings, without patterns. Methods on strings (s:rep(2)) reach these and no others.
    {"string", "byte", all, nullptr},
    {"string", "char", all, nullptr},
    {"string", "len", all, nullptr},
    {"string", "lower", all, nullptr},
    {"string", "upper", all, nullptr},
    {"string", "reverse", all, nullptr},
    {"string", "sub", all, nullptr},
    {"string", "rep", all, &string_rep},        // capped
    {"string", "format", all, &string_format},  // no addresses
    {"string", "contains", all, &string_contains},
    {"string", "starts_with", all, &string_starts_with},
    {"string", "split", all, &string_split},

    // Tables. LuaJIT's insert and remove loop over whatever positions they are given; its sort runs
    // for as long as a comparison function tells it to.
    {"table", "insert", all, &table_insert},
    {"table", "remove", all, &table_remove},
    {"table", "sort", all, &table_sort},
    {"table", "concat", all, nullptr},

    // Numbers.
    {"math", "abs", all, nullptr},
    {"math", "acos", all, nullptr},
    {"math", "asin", all, nullptr},
    {"math", "atan", all, nullptr},
    {"math", "atan2", all, nullptr},
    {"math", "ceil", all, nullptr},
    {"math", "cos", all, nullptr},
    {"math", "cosh", all, nullptr},
    {"math", "deg", all, nullptr},
    {"math", "exp", all, nullptr},
    {"math", "floor", all, nullptr},
    {"math", "fmod", all, nullptr},
    {"math", "frexp", all, nullptr},
    {"math", "huge", all, nullptr},
    {"math", "ldexp", all, nullptr},
    {"math", "log", all, nullptr},
    {"math", "log10", all, nullptr},
    {"math", "max", all, nullptr},
    {"math", "min", all, nullptr},
    {"math", "modf", all, nullptr},
    {"math", "pi", all, nullptr},
    {"math", "pow", all, nullptr},
    {"math", "rad", all, nullptr},
    {"math", "sin", all, nullptr},
    {"math", "sinh", all, nullptr},
    {"math", "sqrt", all, nullptr},
    {"math", "tan", all, nullptr},
    {"math", "tanh", all, nullptr},
    {"bit", "arshift", all, nullptr},
    {"bit", "band", all, nullptr},
    {"bit", "bnot", all, nullptr},
    {"bit", "bor", all, nullptr},
    {"bit", "bswap", all, nullptr},
    {"bit", "bxor", all, nullptr},
    {"bit", "lshift", all, nullptr},
    {"bit", "rol", all, nullptr},
    {"bit", "ror", all, nullptr},
    {"bit", "rshift", all, nullptr},
    {"bit", "tobit", all, nullptr},
    {"bit", "tohex", all, nullptr},

    // What a rule answers with, and the host's clocks and arithmetic.
    {"", "deny", plugins | tests, &lua_deny},
    {"", "effect", plugins | tests, &lua_effect},
    {"", "local_time", plugins | tests, &lua_local_time},
    {"", "instant_of", plugins | tests, &lua_instant_of},
    {"", "local_day", plugins | tests, &lua_local_day},
    {"", "days_later", plugins | tests, &lua_days_later},
    {"", "percent_of", plugins | tests, &lua_percent_of},
    {"", "short", plugins | tests, &lua_short},

    // What a file says it is. A script and a test have the rules' constructors beside these.
    {"", "plugin", plugins, &lua_plugin, word},
    {"", "policy", scripts | tests, &lua_policy, word},
    {"", "test", tests, &lua_test, word},
    {"", "case", tests, &lua_case},
};

}  // namespace

std::span<const Allowed> allow_list() {
  return list;
}

}  // namespace scrip
