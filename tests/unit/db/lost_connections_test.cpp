// A node whose connection breaks in the middle of a batch.
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "db/postgres/migrate.h"
#include "nodes.h"
#include "server.h"

using namespace scrip;

namespace {

// Of Scrip's own sessions.
const std::string sessions = " FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'scrip'";

void cut_all(const std::string& url) {
  postgres_test::RawPostgres(url).execute("SELECT pg_terminate_backend(pid, 5000)" + sessions);
}

Changes one_claim(std::int64_t serial) {
  Changes changes;
  issue_next(changes, issued_coupon(1, serial, "user" + std::to_string(serial)));
  return changes;
}

// Ends Scrip's session as soon as it waits for what is asked for.
void cut_when(const std::string& url, const std::string& waits) {
  postgres_test::RawPostgres raw(url);
  for (int i = 0; i < 10'000; ++i) {
    if (!raw.text("SELECT pg_terminate_backend(pid, 5000)" + sessions + " AND " + waits).empty()) return;
  }
}

}  // namespace

TEST_CASE("a connection that is cut between two steps of a batch costs that batch alone") {
  const Postgres engine;
  const auto store = open_shop(engine);
  for (int step = 0; step < 3; ++step) {
    CAPTURE(step);
    Loaded loaded;
    if (step == 0) cut_all(engine.url());
    Result<void> done = store->begin();
    if (done && step == 1) cut_all(engine.url());
    if (done) done = store->load({.tallies = {1}, .in_hand = {{1, 1}}}, loaded);
    if (done && step == 2) cut_all(engine.url());
    const std::int64_t serial = done ? loaded.in_hand[1].ranges.front().first : 0;
    if (done) done = store->commit(one_claim(serial));
    store->rollback();
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::storage_unavailable);
    CHECK(done.error().retry_after_s > 0);
    // The next one is stored, on a new connection.
    std::vector<std::int64_t> given;
    const auto user = [&](int) { return "next" + std::to_string(step); };
    const auto again =
        run_batch(*store, [&](Store& node, Changes& changes) { return claim(node, changes, 1, user, given); });
    if (!again) FAIL(again.error().message);
    CHECK(*again);
  }
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 3);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("a commit that is cut before it was carried out is known to have stored nothing") {
  const Postgres engine;
  const auto store = open_shop(engine);
  // COMMIT takes its time, and fails with the session.
  engine.execute(
      "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NULL; END';"
      "CREATE CONSTRAINT TRIGGER pause AFTER INSERT ON coupon DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
      " EXECUTE FUNCTION pause()");
  std::thread cutting([&] { cut_when(engine.url(), "query = 'COMMIT' AND wait_event = 'PgSleep'"); });
  require_ok(store->begin());
  const auto done = store->commit(one_claim(0));
  cutting.join();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Code::storage_unavailable);
  CHECK(done.error().message == "The database was lost, and nothing was stored.");
  engine.execute("DROP TRIGGER pause ON coupon");
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 0);
  store_changes(*store, one_claim(0));
  CHECK(verified(*store) == nothing);
}

TEST_CASE("a commit that the server refuses has stored nothing, and the next one is stored") {
  struct Refusal {
    std::string sqlstate;
    Code code;
  };
  const auto refusal = GENERATE(Refusal{"40001", Code::storage_conflict}, Refusal{"40P01", Code::storage_conflict},
                                Refusal{"57014", Code::storage_unavailable},  // a statement's time is over
                                Refusal{"53100", Code::storage_unavailable},  // the disk is full
                                Refusal{"40003", Code::storage_unavailable},  // it may have been carried out or not
                                Refusal{"XX001", Code::internal});
  CAPTURE(refusal.sqlstate);
  const Postgres engine;
  const auto store = open_shop(engine);
  engine.execute(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''" +
      refusal.sqlstate +
      "''; END'; CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON coupon DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION refuse()");
  require_ok(store->begin());
  const auto done = store->commit(one_claim(0));
  REQUIRE_FALSE(done);
  CHECK(done.error().code == refusal.code);
  CHECK((done.error().retry_after_s > 0) == (refusal.code == Code::storage_unavailable));
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 0);
  engine.execute("DROP TRIGGER refuse ON coupon");
  store_changes(*store, one_claim(0));
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 1);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("a commit that was carried out is a success also when its answer is lost") {
  const std::string folder = postgres_test::make_server_folder();
  postgres_test::Server::make_cluster(folder);
  {
    const postgres_test::Server server(folder, {"fsync=off"});
    const std::string url = server.url("postgres");
    auto store = value_of(open_postgres(url));
    store_changes(*store, sample_definitions());
    // A commit that is on this disk and waits for another machine's, which never comes.
    postgres_test::RawPostgres raw(url);
    raw.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    raw.execute("SELECT pg_reload_conf()");
    std::thread cutting([&] { cut_when(url, "wait_event = 'SyncRep'"); });
    require_ok(store->begin());
    const auto done = store->commit(one_claim(0));
    cutting.join();
    require_ok(done);
    CHECK(value_of(reader_of(*store)->tally(1)).issued == 1);
    raw.execute("ALTER SYSTEM RESET synchronous_standby_names");
    raw.execute("SELECT pg_reload_conf()");
    store_changes(*store, one_claim(1));
    CHECK(verified(*store) == nothing);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("what nodes have told their callers is stored, however often their connections are cut") {
  const Postgres engine;
  open_shop(engine);
  std::atomic<bool> over = false;
  std::atomic<int> batches = 0;
  std::atomic<std::int64_t> told = 0;
  Complaints complaints;
  std::thread cutting([&] {
    for (int seen = 0; !over; seen = batches) {
      if (seen > 0) cut_all(engine.url());
      for (int now = seen; !over && now < seen + 10; now = batches) batches.wait(now);
    }
  });
  on_nodes(engine, 2, [&](Store& store, int node) {
    for (int batch = 0; batch < 2'000; ++batch) {
      std::vector<std::int64_t> given;
      const std::string name = std::to_string(node) + "/" + std::to_string(batch) + "/";
      const auto user = [&](int i) { return name + std::to_string(i); };
      const auto done =
          run_batch(store, [&](Store& it, Changes& changes) { return claim(it, changes, 5, user, given); });
      if (done && !*done) break;  // sold out
      if (done) told += static_cast<std::int64_t>(given.size());
      if (!done && done.error().code != Code::storage_unavailable) complaints.add(done.error().message);
      ++batches;
      batches.notify_all();
    }
  });
  over = true;
  ++batches;
  batches.notify_all();
  cutting.join();
  CHECK(complaints.all() == std::vector<std::string>{});
  const auto store = engine.open();
  // More may be stored than was told: a caller whose commit was lost may be told that nobody knows.
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 1'000);
  CHECK(told <= 1'000);
  CHECK(told > 800);
  CHECK(verified(*store) == nothing);
}
