// The functions that rules have instead of Lua's own, and the host's clocks and arithmetic.
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

TEST_CASE("the sandbox's functions do what their namesakes do") {
  const auto [expression, expected] = GENERATE(table<std::string, std::string>({
      // Strings.
      {"('ab'):rep(3)", "ababab"},
      {"('ab'):rep(3, '-')", "ab-ab-ab"},
      {"('ab'):rep(0)", ""},
      {"('ab'):rep(-5)", ""},
      {"('ab'):rep(1.9)", "ab"},
      {"#('x'):rep(65536)", "65536"},
      {"('abc'):upper() .. ('DEF'):lower() .. ('xyz'):reverse()", "ABCdefzyx"},
      {"('hello'):sub(2, -2)", "ell"},
      {"('abc'):byte(2)", "98"},
      {"string.char(72, 105)", "Hi"},
      {"('x'):len()", "1"},
      {"string.contains('a.b', '.')", "true"},
      {"string.contains('abc', '.')", "false"},
      {"('abc'):contains('')", "true"},
      {"('abc'):starts_with('ab')", "true"},
      {"('abc'):starts_with('b')", "false"},
      {"table.concat(('a,b,,c'):split(','), '|')", "a|b||c"},
      {"#(''):split(',')", "1"},
      {"#('a--b--'):split('--')", "3"},
      {"string.format('%05.1f %d %s %q %x', 2.5, 7, 'a', 'b', 255)", "002.5 7 a \"b\" ff"},
      {"string.format('%s %s %s', nil, true, 1.5)", "nil true 1.5"},
      {"string.format('100%%p')", "100%p"},
      // Conversions.
      {"tostring(12) .. tostring('x') .. tostring(nil) .. tostring(false)", "12xnilfalse"},
      {"tostring(2^53)", "9.007199254741e+15"},
      {"tonumber('0x10') + tonumber('10', 2)", "18"},
      {"tonumber('ten') == nil", "true"},
      {"type(nil) .. type(1) .. type({}) .. type(type)", "nilnumbertablefunction"},
      {"select('#', 1, nil, nil)", "3"},
      {"select(2, 'a', 'b')", "b"},
      {"unpack({ 7 })", "7"},
      // Tables.
      {"(function() local t = { 1, 3 } table.insert(t, 2, 2) table.insert(t, 4) return table.concat(t) end)()", "1234"},
      {"(function() local t = { 1, 2, 3 } local x = table.remove(t, 1) return x .. table.concat(t) .. table.remove(t) "
       "end)()",
       "1233"},
      {"(table.remove({}))", "nil"},
      {"(function() local t = { 3, 1, 2 } table.sort(t) return table.concat(t) end)()", "123"},
      {"(function() local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return table.concat(t) end)()",
       "321"},
      {"(function() local t = { 'b', 'a', 'c' } table.sort(t) return table.concat(t) end)()", "abc"},
      {"(function() local t = {} table.sort(t) return #t end)()", "0"},
      // Stable: equal elements stay in their order.
      {"(function() local t = { 'b1', 'a1', 'b2', 'a2', 'b3' } table.sort(t, function(x, y) return x:sub(1, 1) < "
       "y:sub(1, 1) end) "
       "return table.concat(t, ' ') end)()",
       "a1 a2 b1 b2 b3"},
      // Texts for the names of counters; the digest is that of `printf %s TEXT | sha256sum`.
      {"short('mina')", "mina"},
      {"short('')", ""},
      {"short(('x'):rep(36)) == ('x'):rep(36)", "true"},
      {"short(('x'):rep(37))", "#6ee29e87d96ee4fcb3baef255923aece"},
      {"short('#a')", "#302d59c4f9e75750166105ea1d8b3673"},
      {"short(short(('x'):rep(37))) == short(('x'):rep(37))", "false"},
      // Walking.
      {"(function() local s = '' for k, v in pairs({ b = 2, a = 1, 10, 20 }) do s = s .. k .. v .. ' ' end return s "
       "end)()",
       "110 220 a1 b2 "},
      {"(function() local s = '' for i, v in ipairs({ 'x', 'y', nil, 'z' }) do s = s .. i .. v end return s end)()",
       "1x2y"},
      {"(function() local t, s = { a = 1, b = 2, c = 3 }, '' for k in pairs(t) do t.b = nil s = s .. k end return s "
       "end)()",
       "ac"},
      {"(function() for k in pairs({}) do return k end return 'none' end)()", "none"},
      {"bit.bor(1, 6)", "7"},
      {"math.floor(2.7) + math.max(1, 5, 3)", "7"},
  }));
  CAPTURE(expression);
  // A sentence is not empty, so every value gets a mark.
  CHECK(value("'<' .. tostring(" + expression + ") .. '>'") == "<" + expected + ">");
}

TEST_CASE("sorting gives what sorting should give, at every length") {
  const Verdict verdict = answer(R"(
    for n = 0, 70 do
      local t = {}
      for i = 1, n do t[i] = (i * 7919) % 101 end
      table.sort(t)
      if #t ~= n then error("lost some at " .. n) end
      for i = 2, n do if t[i - 1] > t[i] then error("not sorted at " .. n) end end
    end)");
  CHECK(failure(verdict) == "");
}

TEST_CASE("a comparison that makes no sense does no harm") {
  CHECK(
      answer(
          "local t = { 3, 1, 2 } table.sort(t, function() return true end) table.sort(t, function() return false end)")
          .allowed());
  CHECK_THAT(error_of("table.sort({ 1, 'a' })"), Contains("attempt to compare"));
  CHECK_THAT(error_of("table.sort({ 2, 1 }, function() error('odd') end)"), Contains("odd"));
  CHECK_THAT(error_of("table.sort({ 2, 1 }, 5)"), Contains("function expected"));
}

TEST_CASE("wrong arguments are errors") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"for k in pairs(nil) do end", "pairs: a table is wanted, not a nil"},
      {"for k in ipairs('abc') do end", "ipairs: a table is wanted, not a string"},
      {"for k in pairs(string) do end return 5", "a rule returned a number"},
      {"table.insert({}, 1, 2, 3)", "two or three arguments are wanted"},
      {"table.insert({}, 'x', 1)", "number expected"},
      {"table.remove({ 1 }, 2)", "position out of bounds"},
      {"table.concat({ {} })", "invalid value"},
      {"tostring()", "value expected"},
      {"return ('a'):split()", "string expected"},
      {"return ('a'):contains({})", "string expected"},
      {"return ('a'):rep()", "number expected"},
      {"return local_time('Nowhere/Here', 0)", "local_time: 'Nowhere/Here' is not an IANA time zone"},
      {"return local_time(5, 0)", "local_time: the zone is a number, not a name"},
      {"return local_time('UTC', 0.5)", "local_time: the instant is not a whole number of microseconds since 1970"},
      {"return local_time('UTC', -1)", "local_time: the instant is not"},
      {"return local_time('UTC', 'now')", "local_time: the instant is not"},
      {"return local_day('UTC', 0/0)", "local_day: the instant is not"},
      {"return days_later('UTC', 0, 0.5)", "days_later: the number of days is not a whole number"},
      {"return days_later('UTC', 0, 4000001)", "days_later: the number of days is not"},
      {"return days_later('UTC', 0, -1)", "days_later: that is not in the years 1970 to 9999"},
      {"return days_later('Nowhere/Here', 0, 1)", "days_later: 'Nowhere/Here' is not an IANA time zone"},
      {"return days_later('UTC', -1, 1)", "days_later: the instant is not"},
      {"return days_later('UTC', facts.now, 4000000)", "days_later: that is not in the years"},
      {"return instant_of('UTC', 5)", "instant_of: a table with year, month and day is wanted"},
      {"return instant_of('UTC', { year = 2026, month = 1 })", "instant_of: 'day' is not a whole number"},
      {"return instant_of('UTC', { year = 2026, month = 1.5, day = 1 })", "instant_of: 'month' is not a whole number"},
      {"return instant_of('UTC', { year = 1900, month = 1, day = 1 })",
       "instant_of: the year is not one from 1970 to 9999"},
      {"return instant_of('UTC', { year = 9000, month = 1, day = 1 })", "instant_of: the instant is beyond 2^53"},
      {"return short(5)", "short: the text is a number, not a string"},
      {"return short()", "short: the text is a no value, not a string"},
      {"return percent_of(-1, 10, 'floor')", "percent_of: the amount is not a whole number of minor units"},
      {"return percent_of(1.5, 10, 'floor')", "percent_of: the amount is not"},
      {"return percent_of(1, 12.5, 'floor')", "percent_of: the percentage is not"},
      {"return percent_of(1, '12.5%', 'floor')", "percent_of: the percentage is not"},
      {"return percent_of(1, -1, 'floor')", "percent_of: the percentage is not"},
      {"return percent_of(1, 1000001, 'floor')", "percent_of: the percentage is not"},
      {"return percent_of(1, '1000001.5', 'floor')", "percent_of: the percentage is not"},
      {"return percent_of(2^53 - 1, 1000, 'floor')", "percent_of: the result is beyond 2^53"},
      {"return percent_of(1, 10, 'up')", "percent_of: the rounding is not"},
      {"return percent_of(1, 10)", "percent_of: the rounding is not"},
  }));
  CAPTURE(body);
  CHECK_THAT(error_of(body), Contains(expected));
}

TEST_CASE("the host's clocks and arithmetic") {
  const auto [expression, expected] = GENERATE(table<std::string, std::string>({
      // 2027-01-15T08:00:00Z, a Friday.
      {"(function() local t = local_time('Asia/Seoul', facts.now) return table.concat({ t.year, t.month, t.day, "
       "t.hour, t.minute, "
       "t.second, t.microsecond, t.weekday, t.yearday, t.offset, tostring(t.dst), t.zone }, ' ') end)()",
       "2027 1 15 17 0 0 0 5 15 32400 false KST"},
      {"local_time('UTC', facts.now + 1).microsecond", "1"},
      {"(facts.now - instant_of('Asia/Seoul', { year = 2027, month = 1, day = 15, hour = 17 }))", "0"},
      {"(facts.now - instant_of('UTC', { year = 2027, month = 1, day = 14, hour = 32, minute = 0, second = 0 }))", "0"},
      {"(function() local a, b = local_day('Asia/Seoul', facts.now) return (facts.now - a) / 3600e6 .. ' ' .. (b - "
       "facts.now) / 3600e6 end)()",
       "17 7"},
      {"(function() local a, b = local_day('America/New_York', instant_of('America/New_York', { year = 2026, month = "
       "11, day = 1 })) "
       "return (b - a) / 3600e6 end)()",
       "25"},
      {"percent_of(999, 10, 'floor')", "99"},
      {"percent_of(995, 10, 'half_up')", "100"},
      {"percent_of(985, 10, 'half_even')", "98"},
      {"percent_of(1000, '12.5', 'floor')", "125"},
      {"percent_of(1000, '0.000001', 'half_up')", "0"},
      {"percent_of(10, '1000000.0', 'floor')", "100000"},
      {"string.format('%d', percent_of(2^53 - 1, 100, 'floor'))", "9007199254740991"},
  }));
  CAPTURE(expression);
  CHECK(value(expression) == expected);
}

TEST_CASE("what local_time returns is the rule's own") {
  CHECK(value("(function() local t = local_time('UTC', facts.now) t.hour = 0 return instant_of('UTC', t) == "
              "local_day('UTC', facts.now) end)()") == "true");
}
