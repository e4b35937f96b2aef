// scrip policy windows: a campaign's windows, and the changes of its clocks.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace {

struct Row {
  std::string campaign;
  std::string from;
  std::string opens;  // on the day of the change, at half past one
  std::string closes;
  std::string change;
  std::string before;
  std::string after;
  std::string words;
};

// Half past one for two hours: the clocks change within it, in each zone, in either direction.
const std::vector<Row> rows{
    {"new-york", "2026-03-05T12:00:00-05:00", "2026-03-08T01:30:00-05:00", "2026-03-08T04:30:00-04:00",
     "2026-03-08T07:00:00Z", "-05:00", "-04:00",
     "the clocks go forward by 1h at 2026-03-08T07:00:00Z: 02:00:00 (-05:00) becomes 03:00:00 (-04:00)"},
    {"new-york", "2026-10-29T12:00:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-01T02:30:00-05:00",
     "2026-11-01T06:00:00Z", "-04:00", "-05:00",
     "the clocks go back by 1h at 2026-11-01T06:00:00Z: 02:00:00 (-04:00) becomes 01:00:00 (-05:00)"},
    {"berlin", "2026-03-26T12:00:00+01:00", "2026-03-29T01:30:00+01:00", "2026-03-29T04:30:00+02:00",
     "2026-03-29T01:00:00Z", "+01:00", "+02:00",
     "the clocks go forward by 1h at 2026-03-29T01:00:00Z: 02:00:00 (+01:00) becomes 03:00:00 (+02:00)"},
    {"berlin", "2026-10-22T12:00:00+02:00", "2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+01:00",
     "2026-10-25T01:00:00Z", "+02:00", "+01:00",
     "the clocks go back by 1h at 2026-10-25T01:00:00Z: 03:00:00 (+02:00) becomes 02:00:00 (+01:00)"},
    {"lord-howe", "2026-10-01T12:00:00+10:30", "2026-10-04T01:30:00+10:30", "2026-10-04T04:00:00+11:00",
     "2026-10-03T15:30:00Z", "+10:30", "+11:00",
     "the clocks go forward by 30m at 2026-10-03T15:30:00Z: 02:00:00 (+10:30) becomes 02:30:00 (+11:00)"},
    {"lord-howe", "2026-04-02T12:00:00+11:00", "2026-04-05T01:30:00+11:00", "2026-04-05T03:00:00+10:30",
     "2026-04-04T15:00:00Z", "+11:00", "+10:30",
     "the clocks go back by 30m at 2026-04-04T15:00:00Z: 02:00:00 (+11:00) becomes 01:30:00 (+10:30)"},
};

Finished windows(const Scratch& scratch, const std::string& campaign, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"policy",    "windows",           campaign,    "--data",           scratch.data(),
                                     "--scripts", scratch / "scripts", "--plugins", scratch / "plugins"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

void check(const Scratch& scratch) {
  for (const Row& row : rows) {
    CAPTURE(row.campaign, row.change);
    const Finished shown = windows(scratch, row.campaign, {"--from", row.from, "--json"});
    INFO(shown.err);
    REQUIRE(shown.status == 0);
    const Json calendar = Json::parse(shown.out);
    CHECK(calendar["from"] == row.from);
    REQUIRE(calendar["windows"].size() == 7);
    // From noon on the third one to come is that of the third day.
    CHECK(calendar["windows"][2]["opens_at"] == row.opens);
    CHECK(calendar["windows"][2]["closes_at"] == row.closes);
    CHECK(calendar["clock_changes"] ==
          Json::array({{{"at", row.change}, {"before", row.before}, {"after", row.after}}}));
    const std::string text = windows(scratch, row.campaign, {"--from", row.from}).out;
    CHECK_THAT(text, Contains("Sun " + row.opens + " to Sun " + row.closes + " (2h)\n  ~~ " + row.words + "\nMon "));
  }
}

}  // namespace

TEST_CASE("windows are shown in the campaign's zone with the change of its clocks, by a server and without one") {
  const Scratch scratch;
  scratch.write("scripts/night.lua",
                "return policy { name = \"night\", rules = { event_window { daily = { \"01:30/2h\" } } } }\n");
  {
    Running server(scratch.serve({"--clock", "2026-03-05T12:00:00-05:00"}));
    auto client = await_operator(scratch, server);
    for (const auto& [id, zone] : {std::pair{"new-york", "America/New_York"}, std::pair{"berlin", "Europe/Berlin"},
                                   std::pair{"lord-howe", "Australia/Lord_Howe"}}) {
      REQUIRE(
          client
              .post("/api/v1/campaigns", Json{{"id", id}, {"policy", "night"}, {"timezone", zone}, {"total", 5}}.dump())
              ->status == 201);
    }
    REQUIRE(client.post("/api/v1/campaigns", R"({"id":"always","policy":"campaign_rpc","total":5})")->status == 201);
    REQUIRE(client.post("/api/v1/campaigns", R"({"id":"live","policy":"coupon_live","total":5})")->status == 201);
    check(scratch);
    // From now on, as the server's clock has it.
    CHECK_THAT(windows(scratch, "new-york").out, Contains("from Thu 2026-03-05T12:00"));
    // More than the route gives at once: ten a day.
    const Json many =
        Json::parse(windows(scratch, "live", {"--from", "2026-06-01T00:00:00Z", "--days", "30", "--json"}).out);
    CHECK(many["windows"].size() == 300);
    CHECK_THAT(windows(scratch, "always").out, Contains(", and stays open\n"));
    CHECK(windows(scratch, "nothing").status == 1);
    server.signal(SIGTERM);
    REQUIRE(server.wait().status == 0);
  }
  check(scratch);
  const Finished missing = windows(scratch, "nothing");
  CHECK(missing.status == 1);
  CHECK_THAT(missing.err, Contains("there is no campaign 'nothing'"));
  std::filesystem::remove(scratch / "scripts/night.lua");
  CHECK_THAT(windows(scratch, "berlin").err, Contains("night"));
}

TEST_CASE("a question about windows that makes no sense is refused") {
  const Scratch scratch;
  const auto [more, status] = GENERATE(table<std::vector<std::string>, int>({
      {{"--days", "0"}, 2},
      {{"--days", "367"}, 2},
      {{"--days", "x"}, 2},
      {{"--from", "tomorrow"}, 2},
      {{"--from", "2026-11-21T10:00:00"}, 2},
      {{"--from", "9999-01-01T00:00:00Z"}, 2},
      {{"--from", "2026-11-21T10:00:00Z"}, 1},  // there is no such data directory
  }));
  const Finished shown = windows(scratch, "spring", more);
  CHECK(shown.status == status);
  CHECK(shown.out.empty());
  CHECK(!shown.err.empty());
}
