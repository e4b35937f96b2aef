#include "coupon/audit.h"

#include <catch2/catch.hpp>

#include "db/sqlite/migrate.h"
#include "engines.h"

using namespace scrip;

namespace {

AuditEntry entry(Micros at, const std::string& subject, const std::string& target,
                 AuditAction action = AuditAction::campaign_edited) {
  return {.at = at, .subject = subject, .role = "operator", .action = action, .target = target};
}

// Which microsecond of the noon they are of: 1, 2, 3 ... in the order in which they were stored.
std::vector<std::int64_t> places(const std::vector<AuditEntry>& entries) {
  std::vector<std::int64_t> places;
  for (const AuditEntry& each : entries) places.push_back(each.at - noon + 1);
  return places;
}

using Places = std::vector<std::int64_t>;

}  // namespace

TEMPLATE_TEST_CASE("the audit log is read in both directions, by what was done, by whom and to what, and from when on",
                   "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = engine.open();
  Changes changes;
  changes.audit = {entry(noon, "ann", "campaign/a"), entry(noon + 1, "bob", "campaign/a"),
                   entry(noon + 2, "ann", "work/1", AuditAction::work_added),
                   entry(noon + 3, "ann", "campaign/a", AuditAction::campaign_created), entry(noon + 4, "ann", "x")};
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  struct Row {
    Reader::AuditFilter filter;
    Places newest_first;
  };
  const std::vector<Row> rows{
      {{}, {5, 4, 3, 2, 1}},
      {{.action = AuditAction::campaign_edited}, {5, 2, 1}},
      {{.subject = "ann"}, {5, 4, 3, 1}},
      {{.target = "campaign/a"}, {4, 2, 1}},
      {{.since = noon + 2}, {5, 4, 3}},
      {{.since = noon + 5}, {}},
      {{.subject = "ann", .target = "campaign/a"}, {4, 1}},
      {{.action = AuditAction::campaign_edited, .subject = "ann", .target = "campaign/a", .since = noon}, {1}},
      {{.action = AuditAction::campaign_edited, .subject = "ann", .target = "campaign/a", .since = noon + 1}, {}},
      {{.subject = "nobody"}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.newest_first);
    CHECK(places(value_of(reader->audit(row.filter, 0, 10))) == row.newest_first);
    CHECK(places(value_of(reader->audit_after(row.filter, 0, 10))) ==
          Places(row.newest_first.rbegin(), row.newest_first.rend()));
  }
  const auto all = value_of(reader->audit_after({}, 0, 10));
  CHECK(places(value_of(reader->audit({}, all[3].id, 2))) == Places{3, 2});
  CHECK(places(value_of(reader->audit_after({}, all[3].id, 2))) == Places{5});
  CHECK(places(value_of(reader->audit_after({.subject = "ann"}, all[0].id, 2))) == Places{3, 4});
}

TEMPLATE_TEST_CASE("old entries go a thousand at a time, and their ids never come again", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = engine.open();
  Changes changes;
  for (int i = 0; i < 1'500; ++i) changes.audit.push_back(entry(noon + i, "ann", "x"));
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  const std::int64_t last = value_of(reader->audit({}, 0, 1)).front().id;
  const Changes forget{.forget_audit_before = noon + 1'200};
  store_changes(*store, forget);
  CHECK(value_of(reader->audit_after({}, 0, 1)).front().at == noon + 1'000);
  store_changes(*store, forget);
  CHECK(value_of(reader->audit_after({}, 0, 1)).front().at == noon + 1'200);
  store_changes(*store, Changes{.forget_audit_before = noon + day});
  CHECK(value_of(reader->audit({}, 0, 1)).empty());
  changes.audit.resize(1);
  store_changes(*store, changes);
  CHECK(value_of(reader->audit({}, 0, 1)).front().id > last);
}

TEST_CASE("what was accepted before there were activations is shown with what is known of it") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  {
    RawDatabase make(path);
    make.execute("PRAGMA journal_mode = WAL");
    const auto db = value_of(sqlite::Connection::open(path, sqlite::Connection::Access::read_write));
    require_ok(sqlite::migrate(*db, sqlite::migrations().first(4)));
    make.execute(
        "INSERT INTO policy_revision (number, revision, accepted_at, accepted_by) VALUES (1, 'aa', 5, 'start'),"
        " (2, 'bb', 7, 'watch'), (3, 'cc', 9, 'ann'); INSERT INTO setting VALUES ('active_revision', 2)");
  }
  const auto store = open_store(path);
  const auto reader = reader_of(*store);
  const auto second = value_of(reader->activations(2, 10));
  REQUIRE(second.size() == 2);
  CHECK(second[1].at == 7);
  CHECK(second[1].until == 9);
  CHECK(second[1].origin == PolicyOrigin::watch);
  CHECK_FALSE(second[0].until);
  CHECK(second[0].by == "unknown");
  CHECK(value_of(reader->activations(1, 10)).front().origin == PolicyOrigin::start);
  CHECK(value_of(reader->activations(3, 10)).front().by == "ann");
  CHECK(value_of(reader->last_activation())->revision == 2);
}

TEMPLATE_TEST_CASE("revisions are listed in pages and found by their first digits", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = engine.open();
  const std::vector<std::string> all{"aa00", "aa01", "ab", "ff"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    Changes changes;
    changes.revision = {.number = static_cast<std::int64_t>(i) + 1, .revision = all[i], .files = {{"a.lua", "x"}}};
    store_changes(*store, changes);
  }
  const auto reader = reader_of(*store);
  const auto like = [&](const std::string& prefix) {
    std::string found;
    for (const RevisionRow& row : value_of(reader->revisions_like(prefix, 3))) found += row.revision + " ";
    return found;
  };
  CHECK(like("aa") == "aa00 aa01 ");
  CHECK(like("ab") == "ab ");
  CHECK(like("ff") == "ff ");
  CHECK(like("f") == "ff ");
  CHECK(like("b").empty());
  const auto page = value_of(reader->revisions(4, 2));
  REQUIRE(page.size() == 2);
  CHECK(page[0].revision == "ab");
  CHECK(page[1].revision == "aa01");
  CHECK(page[0].files.empty());
  CHECK(value_of(reader->revisions(0, 10)).size() == 4);
}
