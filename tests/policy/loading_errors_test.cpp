// Every mistake in a set of files is reported with its file and line, all of them at once.
#include "policy_sets.h"

using namespace scrip;

namespace {

const std::string head = "name = 'a', version = '1.0.0', doc = 'x'";

// The errors of one plugin file whose manifest begins on line 2.
std::string manifest_errors(const std::string& manifest) {
  return listed(compile({{"plugins/a.lua", "\nreturn plugin {\n" + manifest + "\n}"}}, roomy).errors);
}

const PolicyFile limit{"plugins/limit.lua", R"(return plugin {
  name = "limit", version = "1.0.0", doc = "x",
  params = {
    max = { type = "integer", min = 1, required = true },
    zone = { type = "zone" },
    daily = { type = "list", of = { type = "string" } },
  },
  check = function(p) if p.max == 13 then return "max is unlucky" end end,
  issue = function() end,
})"};

// The errors of a script, with the plugin `limit` at hand.
std::string script_errors(const std::string& text) {
  return listed(compile({limit, {"scripts/s.lua", text}}, roomy).errors);
}

}  // namespace

TEST_CASE("a mistake in a plugin is reported with its place") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"local x = = 1", "plugins/a.lua:1: unexpected symbol near '='\n"},
      {"\n\nreturn plugin {", "plugins/a.lua:3: unexpected symbol near '<eof>'\n"},
      {"return plugin {\n", "plugins/a.lua:2: unexpected symbol near '<eof>'\n"},
      {"x = 1", "plugins/a.lua:1: 'x' is not a local variable; globals are read-only (write: local x = ...)\n"},
      {"\nlocal y = z", "plugins/a.lua:2: there is no 'z' here\n"},
      {"", "plugins/a.lua: the file returns nothing; it ends with: return plugin { ... }\n"},
      {"return {}", "plugins/a.lua: the file returns a table; it ends with: return plugin { ... }\n"},
      {"return plugin", "plugins/a.lua: the file returns a function; it ends with: return plugin { ... }\n"},
      {"return plugin 'a'", "plugins/a.lua:1: plugin: write plugin { ... }\n"},
      {"error('no', 0)", "plugins/a.lua:1: no\n"},
  }));
  CAPTURE(text);
  CHECK(listed(compile({{"plugins/a.lua", text}}, roomy).errors) == expected);
}

TEST_CASE("a manifest is checked, and all that is wrong with it reported") {
  const auto [manifest, expected] = GENERATE(table<std::string, std::string>({
      {"",
       "plugins/a.lua:2: name is missing; write name = \"my_rule\"\n"
       "plugins/a.lua:2: version is missing; write version = \"1.0.0\"\n"
       "plugins/a.lua:2: doc is missing; write doc = \"What the rule does.\"\n"
       "plugins/a.lua:2: it has no hook; a rule has at least one of issue, redeem, cancel, remind, stack\n"},
      {head + ", issue = 5",
       "plugins/a.lua:2: plugin 'a': issue is a number, not a function of this file\n"
       "plugins/a.lua:2: plugin 'a': it has no hook; a rule has at least one of issue, redeem, cancel, remind, "
       "stack\n"},
      {head + ", issue = function() end, redem = function() end",
       "plugins/a.lua:2: plugin 'a': a plugin has no 'redem'; it has name, version, priority, doc, params, check, "
       "prepare, counters, window, issue, redeem, cancel, remind, remind_from, stack\n"},
      {head + ", issue = tostring",
       "plugins/a.lua:2: plugin 'a': issue is a function, not a function of this file\n"
       "plugins/a.lua:2: plugin 'a': it has no hook; a rule has at least one of issue, redeem, cancel, remind, "
       "stack\n"},
      {head + ", priority = 1.5, issue = function() end",
       "plugins/a.lua:2: plugin 'a': the priority is not a whole number\n"},
      {"name = 'A-b', version = 'one', doc = 5, issue = function() end",
       "plugins/a.lua:2: the name 'A-b' is not of small letters, digits and '_'\n"
       "plugins/a.lua:2: the version 'one' is not like 1.0.0\n"
       "plugins/a.lua:2: doc is a number, not a string\n"},
      {"name = 'end', version = '1.0.0', doc = 'x', issue = function() end",
       "plugins/a.lua:2: the name 'end' means something else in Lua files\n"},
      {"name = 'string', version = '1.0.0', doc = 'x', issue = function() end",
       "plugins/a.lua:2: the name 'string' means something else in Lua files\n"},
      {"name = 'deny', version = '1.0.0', doc = 'x', issue = function() end",
       "plugins/a.lua:2: the name 'deny' means something else in Lua files\n"},
      {head + ", issue = function() end, params = { max = { type = 'integer', min = 'x' }, A = { type = 'integer' } }",
       "plugins/a.lua:2: plugin 'a': parameter 'A': its name is not of small letters, digits and '_'\n"
       "plugins/a.lua:2: plugin 'a': parameter 'max': min is not a whole number\n"},
      {head + ", issue = function() end, params = { max = { type = 'integer', default = print } }",
       "plugins/a.lua:3: there is no 'print' here\n"},
      {head + ", issue = function() end, params = { max = { type = 'integer', default = tostring } }",
       "plugins/a.lua:2: plugin 'a': params.max.default is a function\n"},
  }));
  CAPTURE(manifest);
  CHECK(manifest_errors(manifest) == expected);
}

TEST_CASE("versions are like 1.0.0") {
  for (const char* good : {"0.0.1", "1.2.3", "10.20.30", "1.0.0-beta.1", "1.0.0+build"}) {
    CAPTURE(good);
    CHECK(manifest_errors("name = 'a', version = '" + std::string(good) + "', doc = 'x', issue = function() end") ==
          "");
  }
  for (const char* wrong : {"1", "1.0", "01.0.0", "1.0.0.0", "v1.0.0", "1.0.0-", "1.0.0 ", "1..0"}) {
    CAPTURE(wrong);
    CHECK(manifest_errors("name = 'a', version = '" + std::string(wrong) + "', doc = 'x', issue = function() end") ==
          "plugins/a.lua:2: plugin 'a': the version '" + std::string(wrong) + "' is not like 1.0.0\n");
  }
}

TEST_CASE("a mistake in a script is reported at the line where it is") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"local x = 'open", "scripts/s.lua:1: unfinished string near '<eof>'\n"},
      {"", "scripts/s.lua: the file returns nothing; it ends with: return policy { ... }\n"},
      {"return { name = 's' }", "scripts/s.lua: the file returns a table; it ends with: return policy { ... }\n"},
      {"return limit { max = 1 }", "scripts/s.lua: the file returns a userdata; it ends with: return policy { ... }\n"},
      {"return policy {\n  rules = {}\n}", "scripts/s.lua:1: name is missing\n"},
      {"\n\nreturn policy {\n  name = 's'\n}",
       "scripts/s.lua:3: policy 's': rules is missing; write rules = { ... }\n"},
      {"return policy { name = 's', rules = {}, rule = {} }",
       "scripts/s.lua:1: policy 's': a policy has no 'rule'; it has name, doc, rules\n"},
      {"return policy { name = 'S', rules = {} }",
       "scripts/s.lua:1: policy 'S': the name 'S' is not of small letters, digits and '_'\n"},
      {"return policy { name = 5, rules = {} }", "scripts/s.lua:1: name is a number, not a string\n"},
      {"return policy { name = 's', rules = { 5 } }",
       "scripts/s.lua:1: policy 's': rules[1] is a number; a rule is made by its plugin: expiry { days = 7 }\n"},
      {"return policy { name = 's', rules = { a = limit { max = 1 } } }",
       "scripts/s.lua:1: policy 's': rules is a plain list of rules, without names and holes\n"},
      // A rule's mistake is at the line where the rule begins.
      {"return policy { name = 's', rules = {\n  limit {\n    max = 0 } } }",
       "scripts/s.lua:2: limit: parameter 'max' must be at least 1, not 0\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 'x' } } }",
       "scripts/s.lua:2: limit: parameter 'max' must be a whole number, not \"x\"\n"},
      {"return policy { name = 's', rules = {\n  limit {} } }",
       "scripts/s.lua:2: limit: parameter 'max' is required\n"},
      {"return policy { name = 's', rules = {\n  limit() } }", "scripts/s.lua:2: limit: parameter 'max' is required\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 1, mx = 2 } } }",
       "scripts/s.lua:2: limit: parameter 'mx' is unknown; the parameters are daily, max, zone\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 1, shadow = 1 } } }",
       "scripts/s.lua:2: limit: 'shadow' is true or false\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 1, daily = { '10:00', 5 } } } }",
       "scripts/s.lua:2: limit: parameter 'daily[2]' must be a string, not 5\n"},
      {"return policy { name = 's', rules = {\n  limit { max = tostring } } }",
       "scripts/s.lua:2: limit: parameter 'max' is a function\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 0/0 } } }",
       "scripts/s.lua:2: limit: parameter 'max' is a number that is not finite\n"},
      {"return policy { name = 's', rules = {\n  limit { 1 } } }",
       "scripts/s.lua:2: limit: parameters have names: NAME = value\n"
       "scripts/s.lua:2: limit: parameter 'max' is required\n"},
      {"return policy { name = 's', rules = {\n  limit 'x' } }",
       "scripts/s.lua:2: limit: its parameters are a string, not a table; write limit { ... }\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 1, as = 'Two' } } }",
       "scripts/s.lua:2: limit: 'as' is not a name of small letters, digits and '_'\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 13 } } }", "scripts/s.lua:2: limit: max is unlucky\n"},
      {"return policy { name = 's', rules = {\n  limt { max = 1 } } }",
       "scripts/s.lua:2: there is no 'limt' here, and no plugin of that name\n"},
      {"return policy { name = 's', rules = {\n  limit { max = 1 },\n  limit { max = 2 } } }",
       "scripts/s.lua:1: policy 's': two rules are named 'limit'; give one another name with as = \"...\"\n"},
      {"limit = nil",
       "scripts/s.lua:1: 'limit' is not a local variable; globals are read-only (write: local limit = ...)\n"},
  }));
  CAPTURE(text);
  CHECK(script_errors(text) == expected);
}

TEST_CASE("a plugin may be used twice under two names, and rules may be made ahead") {
  CHECK(script_errors("local function of(n) return limit { max = n, as = 'limit_' .. n } end\n"
                      "return policy { name = 's', doc = 'x', rules = { of(1), of(2), limit { max = 3 } } }") == "");
}

TEST_CASE("a mistake of a rule made by a function of the script is reported where the function is called") {
  CHECK(script_errors("local function of(n) return limit { max = n } end\n\nlocal a = of(0)\n"
                      "return policy { name = 's', rules = { a } }") ==
        "scripts/s.lua:3: limit: parameter 'max' must be at least 1, not 0\n");
}

TEST_CASE("all errors of a set are reported at once, by file and line") {
  const CompiledSet compiled =
      compile({limit,
               {"plugins/broken.lua", "return plugin {"},
               {"plugins/nohook.lua", "return plugin { " + head + " }"},
               {"plugins/limit_test.lua",
                "return test 'limit' {\n ['a'] = function(t) t.ok(false) end,\n"
                " ['b'] = function(t) t.ok(1 == 2, 'one is not two') end }"},
               {"plugins/other_test.lua", "return test {"},
               {"scripts/a.lua",
                "return policy { nam = 'a', rules = {\n limit { max = 0 },\n nothing {},\n"
                " limit { as = 'b', max = 1, zone = 'Nowhere' } } }"},
               {"scripts/b.lua", "local x = y\nreturn policy { name = 'b', rules = { limit { max = 13 } } }"},
               {"scripts/c.lua", "oops("}},
              roomy);
  CHECK_FALSE(compiled.set);
  CHECK(listed(compiled.errors) ==
        "plugins/broken.lua:1: unexpected symbol near '<eof>'\n"
        "plugins/limit_test.lua:2: test 'limit: a': wanted a true value, got false\n"
        "plugins/limit_test.lua:3: test 'limit: b': one is not two\n"
        "plugins/nohook.lua:1: plugin 'a': it has no hook; a rule has at least one of issue, redeem, cancel, remind, "
        "stack\n"
        "plugins/other_test.lua:1: unexpected symbol near '<eof>'\n"
        "scripts/a.lua:1: name is missing\n"
        "scripts/a.lua:1: a policy has no 'nam'; it has name, doc, rules\n"
        "scripts/a.lua:2: limit: parameter 'max' must be at least 1, not 0\n"
        "scripts/a.lua:3: there is no 'nothing' here, and no plugin of that name\n"
        "scripts/a.lua:4: limit: parameter 'zone' must be an IANA time zone such as \"Asia/Seoul\", not \"Nowhere\"\n"
        "scripts/b.lua:1: there is no 'y' here, and no plugin of that name\n"
        "scripts/b.lua:2: limit: max is unlucky\n"
        "scripts/c.lua:1: unexpected symbol near '<eof>'\n");
}

TEST_CASE("two plugins or two policies of one name are an error of the second file") {
  const CompiledSet compiled = compile(
      {plugin_file("same", ""),
       {"plugins/zsame.lua", "\nreturn plugin { name = 'same', version = '1.0.0', doc = 'x', issue = function() end }"},
       {"scripts/a.lua", "\n\nreturn policy { name = 'p', rules = {} }"},
       {"scripts/b.lua", "return policy { name = 'p', rules = {} }"}},
      roomy);
  CHECK(listed(compiled.errors) ==
        "plugins/zsame.lua:2: plugin 'same' is already defined in plugins/same.lua:1\n"
        "scripts/b.lua:1: policy 'p' is already defined in scripts/a.lua:3\n");
}

TEST_CASE("a script is not blamed for a plugin that has errors") {
  const CompiledSet compiled =
      compile({{"plugins/limit.lua", "return plugin {"},
               plugin_file("fine", ""),
               script_file("a", "limit { anything = 1 }, fine {}"),
               {"plugins/limit_test.lua",
                "return test 'limit' { ['x'] = function(t)\n"
                " t.allowed(t.decide { hook = 'issue', rules = { limit { max = 1 } } }) end,\n"
                " ['y'] = function(t) t.allowed(t.decide { hook = 'issue', policy = 'a' }) end,\n"
                " ['z'] = function(t) t.allowed(t.decide { hook = 'issue', rules = { fine {} } }) end }"}},
              roomy);
  CHECK(listed(compiled.errors) == "plugins/limit.lua:1: unexpected symbol near '<eof>'\n");
  // What can be said without the plugin is said.
  REQUIRE(compiled.tests.size() == 1);
  CHECK(compiled.tests[0].name == "limit: z");
  CHECK(compiled.tests[0].passed);
}

TEST_CASE("files that are no policy files are errors") {
  const std::string large = "return policy { name = 'a', rules = {} } --" + std::string(max_policy_file, 'x');
  const CompiledSet compiled = compile({{"scripts/large.lua", large},
                                        {"scripts/latin.lua", "-- fine\n-- \xe9t\xe9\n"},
                                        {"elsewhere/a.lua", ""},
                                        {"scripts/a.txt", ""},
                                        script_file("twice", ""),
                                        script_file("twice", "")},
                                       roomy);
  CHECK(listed(compiled.errors) ==
        "elsewhere/a.lua: is neither plugins/NAME.lua nor scripts/NAME.lua\n"
        "scripts/a.txt: is neither plugins/NAME.lua nor scripts/NAME.lua\n"
        "scripts/large.lua: is larger than 1 MiB\n"
        "scripts/latin.lua:2: is not UTF-8\n"
        "scripts/twice.lua: is given twice\n");
}

TEST_CASE("an error in a file with a very long name is still told by that name") {
  const std::string name = "plugins/" + std::string(120, 'n') + ".lua";
  CHECK(listed(compile({{name, "\nerror('no')"}}, roomy).errors) == name + ":2: no\n");
}

TEST_CASE("a set without files is a set without policies") {
  const CompiledSet compiled = compile({}, roomy);
  REQUIRE(compiled.set);
  CHECK(compiled.set->policies().empty());
  CHECK(compiled.set->plugins().empty());
}
