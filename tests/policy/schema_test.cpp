// Parameters of plugins: their schema, and values against it.
#include "lua/schema.h"

#include <catch2/catch.hpp>

using namespace scrip;

namespace {

std::vector<std::string> schema_errors(const std::string& params) {
  std::vector<std::string> errors;
  Schema::parse(Json::parse(params), errors);
  return errors;
}

Schema schema_of(const std::string& params) {
  std::vector<std::string> errors;
  Schema schema = Schema::parse(Json::parse(params), errors);
  CAPTURE(params);
  REQUIRE(errors == std::vector<std::string>{});
  return schema;
}

// What is wrong with one value of a parameter "x"; empty when it fits.
std::string wrong(const std::string& entry, const std::string& value) {
  const Schema schema = schema_of("{\"x\":" + entry + "}");
  std::vector<ParamError> errors;
  schema.check(Json::parse("{\"x\":" + value + "}"), 0, errors);
  std::string text;
  for (const ParamError& error : errors) text += (text.empty() ? "" : "; ") + error.param + " " + error.message;
  return text;
}

}  // namespace

TEST_CASE("a value of the right type fits") {
  const auto [entry, value] = GENERATE(table<std::string, std::string>({
      {R"({"type":"integer"})", "0"},
      {R"({"type":"integer"})", "-5"},
      {R"({"type":"integer"})", "3.0"},
      {R"({"type":"integer"})", "9007199254740992"},
      {R"({"type":"integer","min":1,"max":3})", "1"},
      {R"({"type":"integer","min":1,"max":3})", "3"},
      {R"({"type":"boolean"})", "false"},
      {R"({"type":"string"})", "\"\""},
      {R"({"type":"string","enum":["a","b"]})", "\"b\""},
      {R"({"type":"string","max_length":3})", "\"abc\""},
      {R"({"type":"decimal"})", "12"},
      {R"({"type":"decimal"})", "12.0"},
      {R"({"type":"decimal"})", "\"12.5\""},
      {R"({"type":"decimal","min":"0.5","max":100})", "\"0.5\""},
      {R"({"type":"decimal","min":"0.5","max":100})", "\"100.00\""},
      {R"({"type":"instant"})", "\"2026-11-21T10:00:00+09:00\""},
      {R"({"type":"zone"})", "\"Asia/Seoul\""},
      {R"({"type":"currency"})", "\"KRW\""},
      {R"({"type":"scalar"})", "\"x\""},
      {R"({"type":"scalar"})", "1.5"},
      {R"({"type":"scalar"})", "true"},
      {R"({"type":"list","of":{"type":"integer"}})", "[]"},
      {R"({"type":"list","of":{"type":"integer"},"min":1,"max":2})", "[1,2]"},
      {R"({"type":"list","of":{"type":"instant"}})", "[\"2026-11-21T10:00:00Z\"]"},
      {R"({"type":"integer","or_false":true})", "false"},
      {R"({"type":"integer","or_false":true,"min":1})", "1"},
      {R"({"type":"record","fields":{"a":{"type":"integer"}}})", R"({"a":1})"},
      {R"({"type":"record","fields":{"a":{"type":"integer"}}})", "[]"},
      {R"({"type":"list","of":{"type":"record","fields":{"a":{"type":"list","of":{"type":"zone"}}}}})",
       R"([{"a":["UTC"]},{}])"},
  }));
  CAPTURE(entry, value);
  CHECK(wrong(entry, value).empty());
}

TEST_CASE("a value that does not fit is refused by name, and the refusal says why") {
  const auto [entry, value, expected] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"type":"integer"})", "\"3\"", "x must be a whole number, not \"3\""},
      {R"({"type":"integer"})", "1.5", "x must be a whole number, not 1.5"},
      {R"({"type":"integer"})", "9007199254740993", "x must be a whole number, not 9007199254740993"},
      {R"({"type":"integer"})", "18446744073709551615", "x must be a whole number, not 18446744073709551615"},
      {R"({"type":"integer"})", "1e300", "x must be a whole number, not 1e+300"},
      {R"({"type":"integer"})", "null", "x must be a whole number, not null"},
      {R"({"type":"integer"})", "true", "x must be a whole number, not true"},
      {R"({"type":"integer"})", "[1]", "x must be a whole number, not a list"},
      {R"({"type":"integer"})", "{}", "x must be a whole number, not a table"},
      {R"({"type":"integer","min":1})", "0", "x must be at least 1, not 0"},
      {R"({"type":"integer","max":3})", "4", "x must be at most 3, not 4"},
      {R"({"type":"boolean"})", "1", "x must be true or false, not 1"},
      {R"({"type":"string"})", "5", "x must be a string, not 5"},
      {R"({"type":"string","enum":["a","b"]})", "\"c\"", "x must be one of \"a\", \"b\", not \"c\""},
      {R"({"type":"string","max_length":3})", "\"abcd\"", "x must have at most 3 bytes"},
      {R"({"type":"decimal"})", "12.5", "x must be a whole number or a decimal string such as \"12.5\", not 12.5"},
      {R"({"type":"decimal"})", "-1", "x must be a whole number or a decimal string such as \"12.5\", not -1"},
      {R"({"type":"decimal"})", "\"1e3\"",
       "x must be a whole number or a decimal string such as \"12.5\", not \"1e3\""},
      {R"({"type":"decimal","min":"0.5"})", "\"0.49\"", "x must be at least 0.5, not \"0.49\""},
      {R"({"type":"decimal","max":100})", "\"100.01\"", "x must be at most 100, not \"100.01\""},
      {R"({"type":"instant"})", "\"2026-11-21\"",
       "x must be an instant with an offset such as \"2026-11-21T10:00:00+09:00\", not \"2026-11-21\""},
      {R"({"type":"instant"})", "5",
       "x must be an instant with an offset such as \"2026-11-21T10:00:00+09:00\", not 5"},
      {R"({"type":"instant"})", "\"9999-01-01T00:00:00Z\"",
       "x must be an instant before the year 2255, not \"9999-01-01T00:00:00Z\""},
      {R"({"type":"zone"})", "\"Asia/Soul\"", "x must be an IANA time zone such as \"Asia/Seoul\", not \"Asia/Soul\""},
      {R"({"type":"currency"})", "\"krw\"", "x must be an ISO 4217 code such as \"KRW\", not \"krw\""},
      {R"({"type":"scalar"})", "[]", "x must be a string, a number or a boolean, not a list"},
      {R"({"type":"scalar"})", "9007199254740993", "x must be a number within 2^53, not 9007199254740993"},
      {R"({"type":"list","of":{"type":"integer"}})", "5", "x must be a list, not 5"},
      {R"({"type":"list","of":{"type":"integer"},"min":1})", "[]", "x must have at least 1 item"},
      {R"({"type":"list","of":{"type":"integer"},"max":2})", "[1,2,3]", "x must have at most 2 items"},
      {R"({"type":"list","of":{"type":"integer","max":5}})", "[1,\"a\",6]",
       "x[1] must be a whole number, not \"a\"; x[2] must be at most 5, not 6"},
      {R"({"type":"integer","or_false":true})", "true", "x must be a whole number or false, not true"},
      {R"({"type":"integer","or_false":true,"min":1})", "0", "x must be at least 1, not 0"},
      {R"({"type":"record","fields":{"a":{"type":"integer"}}})", "5", "x must be a table with names, not 5"},
      {R"({"type":"record","fields":{"a":{"type":"integer"}}})", "[1]", "x must be a table with names, not a list"},
      {R"({"type":"list","of":{"type":"record","fields":{"a":{"type":"string","enum":["p"],"required":true},"b":{"type":"integer"}}}})",
       R"([{"a":"p"},{"a":"q","b":"1"},{"c":1},7])",
       "x[1].a must be one of \"p\", not \"q\"; x[1].b must be a whole number, not \"1\"; "
       "x[2].c is unknown; it has a, b; x[2].a is required; x[3] must be a table with names, not 7"},
  }));
  CAPTURE(entry, value);
  CHECK(wrong(entry, value) == expected);
}

TEST_CASE("a long value is not repeated in full") {
  const std::string text = wrong(R"({"type":"integer"})", '"' + std::string(5000, 'x') + '"');
  CHECK(text.size() < 100);
  CHECK(text.ends_with("xxx..."));
}

TEST_CASE("defaults are filled in, required parameters asked for, others left out") {
  const Schema schema = schema_of(R"({"a":{"type":"integer","default":1},"b":{"type":"string","required":true},
                                      "c":{"type":"zone"},"d":{"type":"list","of":{"type":"string"},"default":["x"]}})");
  std::vector<ParamError> errors;
  CHECK(schema.check(Json::parse(R"({"b":"y"})"), 1, errors) == Json::parse(R"({"a":1,"b":"y","d":["x"]})"));
  CHECK(errors.empty());
  CHECK(schema.check(Json::parse(R"({"a":2.0,"b":"y","c":"UTC","d":[]})"), 1, errors).dump() ==
        R"({"a":2,"b":"y","c":"UTC","d":[]})");
  CHECK(errors.empty());
  schema.check(Json::object(), 1, errors);
  CHECK(errors == std::vector<ParamError>{{"b", "is required"}});
}

TEST_CASE("defaults are filled in where a record is, and not in one that is not there") {
  const Schema schema = schema_of(R"({"a":{"type":"list","of":{"type":"record","fields":{
      "x":{"type":"integer","default":1},"y":{"type":"string"}}}},
      "b":{"type":"record","fields":{"x":{"type":"integer","default":2}}}})");
  std::vector<ParamError> errors;
  CHECK(schema.check(Json::parse(R"({"a":[{},{"x":3.0},{"y":"z"}]})"), 1, errors) ==
        Json::parse(R"({"a":[{"x":1},{"x":3},{"x":1,"y":"z"}]})"));
  CHECK(schema.check(Json::parse(R"({"b":{}})"), 1, errors) == Json::parse(R"({"b":{"x":2}})"));
  CHECK(errors.empty());
}

TEST_CASE("all parameters that do not fit are reported, unknown ones among them") {
  const Schema schema = schema_of(R"({"a":{"type":"integer"},"b":{"type":"string"}})");
  std::vector<ParamError> errors;
  schema.check(Json::parse(R"({"a":"x","b":1,"bb":2,"z":3})"), 1, errors);
  CHECK(errors == std::vector<ParamError>{{"a", "must be a whole number, not \"x\""},
                                          {"b", "must be a string, not 1"},
                                          {"bb", "is unknown; the parameters are a, b"},
                                          {"z", "is unknown; the parameters are a, b"}});
  errors.clear();
  schema_of("{}").check(Json::parse(R"({"a":1})"), 1, errors);
  CHECK(errors == std::vector<ParamError>{{"a", "is unknown; there are no parameters"}});
}

TEST_CASE("items of a list are counted as the author counts") {
  const Schema schema = schema_of(R"({"a":{"type":"list","of":{"type":"integer"}}})");
  for (const int first : {0, 1}) {
    std::vector<ParamError> errors;
    schema.check(Json::parse(R"({"a":["x"]})"), first, errors);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].param == "a[" + std::to_string(first) + "]");
  }
}

TEST_CASE("a schema that makes no sense is refused, and the refusal names the parameter") {
  const auto [params, expected] = GENERATE(table<std::string, std::string>({
      {R"([1])", "params is not a table of NAME = { type = ... }"},
      {R"({"x":5})", "parameter 'x': is not a table such as { type = \"integer\" }"},
      {R"({"x":{}})",
       "parameter 'x': the type is not one of integer, boolean, string, decimal, instant, zone, currency, scalar, "
       "list, record"},
      {R"({"x":{"type":"int"}})",
       "parameter 'x': the type is not one of integer, boolean, string, decimal, instant, zone, currency, scalar, "
       "list, record"},
      {R"({"X":{"type":"integer"}})", "parameter 'X': its name is not of small letters, digits and '_'"},
      {R"({"as":{"type":"string"}})", "parameter 'as': the name is reserved"},
      {R"({"shadow":{"type":"boolean"}})", "parameter 'shadow': the name is reserved"},
      {R"({"x":{"type":"integer","minn":1}})",
       "parameter 'x': there is no 'minn'; integer has type, min, max, or_false, default, required, doc"},
      {R"({"x":{"type":"boolean","min":1}})",
       "parameter 'x': there is no 'min'; boolean has type, default, required, doc"},
      {R"({"x":{"type":"integer","min":"a"}})", "parameter 'x': min is not a whole number"},
      {R"({"x":{"type":"integer","min":2,"max":1}})", "parameter 'x': min is above max"},
      {R"({"x":{"type":"decimal","min":"2.1","max":"2.09"}})", "parameter 'x': min is above max"},
      {R"({"x":{"type":"decimal","min":1.5}})",
       "parameter 'x': min is not a whole number or a decimal such as \"12.5\""},
      {R"({"x":{"type":"integer","required":1}})", "parameter 'x': required is not true or false"},
      {R"({"x":{"type":"integer","doc":1}})", "parameter 'x': doc is not a string"},
      {R"({"x":{"type":"integer","required":true,"default":1}})", "parameter 'x': is required and has a default"},
      {R"({"x":{"type":"integer","default":"a"}})", "parameter 'x': the default must be a whole number, not \"a\""},
      {R"({"x":{"type":"integer","min":2,"default":1}})", "parameter 'x': the default must be at least 2, not 1"},
      {R"({"x":{"type":"string","enum":[]}})", "parameter 'x': enum is not a list of strings"},
      {R"({"x":{"type":"string","enum":["a",1]}})", "parameter 'x': enum is not a list of strings"},
      {R"({"x":{"type":"list"}})", "parameter 'x': a list says what it is a list of: of = { type = ... }"},
      {R"({"x":{"type":"list","of":{"type":"what"}}})",
       "parameter 'x[]': the type is not one of integer, boolean, string, decimal, instant, zone, currency, scalar, "
       "list, record"},
      {R"({"x":{"type":"list","of":{"type":"list","of":{"type":"integer"}}}})",
       "parameter 'x[]': is a list of lists, which is not supported"},
      {R"({"x":{"type":"list","of":{"type":"integer","default":1}}})",
       "parameter 'x[]': there is no 'default'; integer has type, min, max, or_false"},
      {R"({"x":{"type":"integer","or_false":1}})", "parameter 'x': or_false is not true or false"},
      {R"({"x":{"type":"decimal","or_false":true}})",
       "parameter 'x': there is no 'or_false'; decimal has type, min, max, default, required, doc"},
      {R"({"x":{"type":"record"}})",
       "parameter 'x': a record says what its fields are: fields = { NAME = { type = ... } }"},
      {R"({"x":{"type":"record","fields":{}}})",
       "parameter 'x': a record says what its fields are: fields = { NAME = { type = ... } }"},
      {R"({"x":{"type":"record","fields":{"Y":{"type":"integer"}}}})",
       "parameter 'x.Y': its name is not of small letters, digits and '_'"},
      {R"({"x":{"type":"list","of":{"type":"record","fields":{"y":{"type":"integer","minn":1}}}}})",
       "parameter 'x[].y': there is no 'minn'; integer has type, min, max, or_false, default, required, doc"},
      {R"({"x":{"type":"record","fields":{"y":{"type":"string","enum":["a"],"default":"b"}}}})",
       "parameter 'x.y': the default must be one of \"a\", not \"b\""},
  }));
  CAPTURE(params);
  CHECK(schema_errors(params) == std::vector<std::string>{expected});
}

TEST_CASE("a schema is shown as it was written") {
  const char* text =
      R"({"a":{"default":1,"doc":"How many.","max":9,"min":1,"type":"integer"},"b":{"enum":["x"],"required":true,"type":"string"},)"
      R"("c":{"max":"99.5","min":0,"type":"decimal"},"d":{"max":3,"of":{"max_length":5,"type":"string"},"type":"list"},)"
      R"("e":{"fields":{"a":{"or_false":true,"required":true,"type":"integer"},"b":{"of":{"type":"zone"},"type":"list"}},"type":"record"}})";
  CHECK(schema_of(text).json().dump() == text);
}
