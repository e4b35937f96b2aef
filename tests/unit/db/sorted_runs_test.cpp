// The indexes in sorted runs, with sizes so small that every batch flushes or merges something: what
// is found is compared with a plain map.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "db/sqlite/open_database.h"
#include "db/sqlite/runs/key_filter.h"
#include "db/sqlite/runs/lookup.h"
#include "db/sqlite/runs/posting_codec.h"
#include "db/sqlite/runs/sorted_runs.h"
#include "db/sqlite/runs/stored_postings.h"
#include "raw_database.h"
#include "samples.h"
#include "test_folder.h"

using namespace scrip;
using namespace scrip::sqlite;

namespace {

constexpr SortedRunsOptions tiny{.recent_postings = 64, .recent_batches = 8, .fan_in = 3};
constexpr std::int64_t nothing_is_old = std::numeric_limits<std::int64_t>::min();

// An index on a file, and beside it a set of what it should hold.
class Checked {
 public:
  explicit Checked(const std::string& path) : path_(path) { open(); }

  // As after a crash: what is in memory is lost.
  void open() {
    runs_.reset();
    connection_ = value_of(open_for_writing(path_, {}));
    runs_.emplace(Index::holder, cache_, tiny);
  }

  void add(const std::vector<Posting>& postings, bool commit, std::int64_t oldest = nothing_is_old) {
    require_ok(connection_->execute("BEGIN IMMEDIATE"));
    require_ok(runs_->add(*connection_, ++batch_, postings, oldest));
    require_ok(connection_->execute(commit ? "COMMIT" : "ROLLBACK"));
    if (commit) {
      runs_->committed();
      expected_.insert(postings.begin(), postings.end());
    } else {
      runs_->rolled_back();
    }
  }

  std::vector<Posting> found(std::uint64_t key) {
    std::vector<Posting> found;
    require_ok(connection_->execute("BEGIN IMMEDIATE"));
    require_ok(runs_->open(*connection_));
    require_ok(find_in_view(*connection_, runs_->view(), key, found));
    require_ok(connection_->execute("COMMIT"));
    std::sort(found.begin(), found.end());
    return found;
  }

  std::vector<Posting> stored(std::uint64_t key) {
    std::vector<Posting> found;
    RunCache cache;
    const auto reader = value_of(open_for_reading(path_, {}));
    const Snapshot snapshot(*reader);
    require_ok(find_stored(*reader, Index::holder, cache, key, found));
    std::sort(found.begin(), found.end());
    return found;
  }

  std::vector<Posting> all_from(std::uint64_t key) {
    RunCache cache;
    const auto reader = value_of(open_for_reading(path_, {}));
    const Snapshot snapshot(*reader);
    const auto source = value_of(read_stored(*reader, Index::holder, cache, key));
    std::vector<Posting> all;
    while (const Posting* posting = value_of(source->next(*reader))) all.push_back(*posting);
    return all;
  }

  std::vector<Posting> expected(std::uint64_t key) const {
    std::vector<Posting> postings;
    std::copy_if(expected_.begin(), expected_.end(), std::back_inserter(postings),
                 [&](const Posting& posting) { return posting.key == key; });
    return postings;
  }

  void check() {
    CHECK(all_from(0) == std::vector<Posting>(expected_.begin(), expected_.end()));
    CHECK(std::is_sorted(expected_.begin(), expected_.end()));
  }

  std::set<Posting> expected_;

 private:
  const std::string path_;
  std::int64_t batch_ = 0;
  RunCache cache_;
  std::unique_ptr<Connection> connection_;
  std::optional<SortedRuns> runs_;
};

}  // namespace

TEST_CASE("an index in sorted runs finds what a map would, through flushes, merges, rollbacks and crashes") {
  const TestFolder folder;
  Checked index(folder.file("a.db"));
  std::mt19937_64 random(20261121);
  const auto key = [&] { return random() % 700 * 0x0123456789ABCDEFULL; };  // many postings a key
  std::int64_t next = 0;
  for (int batch = 0; batch < 400; ++batch) {
    std::vector<Posting> postings;
    for (std::uint64_t i = random() % 40 + 1; i > 0; --i) postings.push_back({key(), 1, next++});
    index.add(postings, random() % 8 != 0);
    if (random() % 32 == 0) index.open();
    const std::uint64_t asked = key();
    REQUIRE(index.found(asked) == index.expected(asked));
    if (batch % 16 == 0) REQUIRE(index.stored(asked) == index.expected(asked));
  }
  index.check();
  const std::uint64_t from = 350 * 0x0123456789ABCDEFULL;
  const std::vector<Posting> later(index.expected_.lower_bound({from, nothing_is_old, nothing_is_old}),
                                   index.expected_.end());
  CHECK(index.all_from(from) == later);
}

TEST_CASE("merged runs go, and few are left") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  Checked index(path);
  std::int64_t next = 0;
  for (int batch = 0; batch < 1'000; ++batch) {
    std::vector<Posting> postings;
    for (int i = 0; i < 16; ++i, ++next)
      postings.push_back({static_cast<std::uint64_t>(next) * 7919 % 65'537, 1, next});
    index.add(postings, true);
  }
  index.check();
  RawDatabase raw(path);
  // Sixteen thousand postings, levels of 64 x 3^n: five or six levels of less than three runs, what
  // is being merged, and what is being removed.
  CHECK(std::stoi(raw.text("SELECT count(*) FROM posting_run WHERE state = 1")) < 24);
  CHECK(std::stoi(raw.text("SELECT count(*) FROM posting_run")) < 48);
  CHECK(raw.text("SELECT count(*) FROM posting_chunk WHERE id >> 32 NOT IN (SELECT id FROM posting_run)") == "0");
  CHECK(raw.text("SELECT count(*) FROM posting_segment WHERE id >> 32 NOT IN (SELECT id FROM posting_run)") == "0");
  CHECK(std::stoi(raw.text("SELECT count(*) FROM posting_recent")) <= 16);
}

TEST_CASE("postings that point to what was dropped go with the next merge") {
  const TestFolder folder;
  Checked index(folder.file("a.db"));
  for (std::int64_t i = 0; i < 2'000; ++i) index.add({{static_cast<std::uint64_t>(i), 0, i}}, true, i - 100);
  CHECK(index.all_from(0).size() < 1'000);
  for (std::int64_t i = 1'900; i < 2'000; ++i) CHECK(index.found(static_cast<std::uint64_t>(i)).size() == 1);
}

TEST_CASE("a filter passes every key that it holds and few others") {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < 20'000; ++i) keys.push_back(i % 2 == 0 ? random() : i);
  const KeyFilter filter(keys);
  const KeyFilter copy = KeyFilter::from(filter.bytes());
  CHECK(std::all_of(keys.begin(), keys.end(),
                    [&](std::uint64_t key) { return filter.may_hold(key) && copy.may_hold(key); }));
  int passed = 0;
  for (int i = 0; i < 100'000; ++i) passed += filter.may_hold(random()) ? 1 : 0;
  CHECK(passed < 2'000);
  CHECK(filter.bytes().size() <= 20'000 * 2 + 64);
  // One that is damaged costs a read, and never an answer.
  CHECK(KeyFilter::from("damaged").may_hold(1));
  CHECK(KeyFilter::from("").may_hold(1));
  CHECK_FALSE(KeyFilter(std::vector<std::uint64_t>()).may_hold(1));
}

TEST_CASE("postings come back from their bytes, and damaged bytes are seen") {
  std::vector<Posting> postings{
      {0, 0, 0},
      {0, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()},
      {1, -1, 1},
      {std::numeric_limits<std::uint64_t>::max(), 1, std::numeric_limits<std::int64_t>::min()}};
  std::sort(postings.begin(), postings.end());
  PostingEncoder encoder;
  for (const Posting& posting : postings) {
    const std::size_t before = encoder.size();
    encoder.add(posting);
    CHECK(encoder.size() - before <= posting_bytes_at_most);
  }
  const std::string bytes = encoder.take();
  std::vector<Posting> read;
  CHECK(decode_postings(bytes, read));
  CHECK(read == postings);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    read.clear();
    decode_postings(std::string_view(bytes).substr(0, size), read);
    CHECK(read.size() < postings.size());
  }
}

TEST_CASE("what users hold, what expires and what was decided is found through flushes and merges") {
  const TestFolder folder;
  SqliteOptions options;
  options.runs = tiny;
  const std::string path = folder.file("a.db");
  auto store = open_shop(path, options);
  std::map<std::string, std::vector<std::int64_t>> held;
  std::int64_t serial = 0;
  std::mt19937_64 random(7);
  for (int batch = 0; batch < 150; ++batch) {
    Changes changes;
    for (int i = 0; i < 6; ++i, ++serial) {
      const std::string user = "user " + std::to_string(random() % 50);
      Coupon coupon = issued_coupon(1, serial, user);
      coupon.expires_at = noon + static_cast<Micros>(random() % 10) * day;
      coupon.decision = serial + 1;
      issue_next(changes, coupon);
      held[user].push_back(serial);
      changes.decisions.push_back({.id = serial + 1, .at = noon, .campaign = 1, .serial = serial, .user_id = user});
      changes.idempotency.push_back({.key = {"shop", std::to_string(serial)}, .status = 201, .created_at = noon});
    }
    store_changes(*store, changes);
    if (batch % 40 == 39) store = open_store(path, options);
  }
  const auto reader = reader_of(*store);
  std::size_t expiring = 0;
  for (int after = 0; after < 10; ++after) {
    expiring += value_of(reader->expiring(noon + after * day, noon + (after + 1) * day, {}, 1'000)).size();
  }
  CHECK(expiring == static_cast<std::size_t>(serial));
  Wanted wanted;
  for (const auto& [user, serials] : held) {
    CAPTURE(user);
    const auto count = static_cast<std::int64_t>(serials.size());
    CHECK(value_of(reader->holding({1, user, std::nullopt})).issued == count);
    CHECK(load_once(*store, {.holdings = {{1, user, std::nullopt}}}).holdings.at({1, user, std::nullopt}).issued ==
          count);
    CHECK(value_of(reader->coupons_of(user, {}, 1'000)).size() == serials.size());
    CHECK(value_of(reader->decisions({.user_id = user}, 0, 1'000)).rows.size() == serials.size());
  }
  for (std::int64_t i = 0; i < serial; i += 37) {
    const auto decisions = value_of(reader->decisions({.coupon = CouponKey{1, i}}, 0, 10)).rows;
    REQUIRE(decisions.size() == 1);
    CHECK(decisions.front().id == i + 1);
    const IdempotencyKey key{"shop", std::to_string(i)};
    CHECK(load_once(*store, {.idempotency = {key}}).idempotency.at(key)->status == 201);
  }
  CHECK(value_of(store->verify({}, {}, {})).empty());
}

TEST_CASE("a key that comes when all older ones were forgotten is kept, and verify finds no drift") {
  const TestFolder folder;
  SqliteOptions options;
  options.runs = tiny;
  const auto store = open_shop(folder.file("a.db"), options);
  const auto answer = [&](const std::string& key, Micros at) {
    Changes changes;
    changes.idempotency.push_back({.key = {"shop", key}, .status = 201, .created_at = at});
    store_changes(*store, changes);
  };
  for (int i = 0; i < 100; ++i) answer("old " + std::to_string(i), noon);
  Changes forget;
  forget.forget_idempotency_before = noon + 1;
  store_changes(*store, forget);
  CHECK(value_of(store->verify({}, {}, {})).empty());
  for (int i = 0; i < 100; ++i) answer("new " + std::to_string(i), noon + day);
  const auto status = [&](const std::string& key) {
    const IdempotencyKey asked{"shop", key};
    const auto found = load_once(*store, {.idempotency = {asked}}).idempotency.at(asked);
    return found ? found->status : 0;
  };
  for (int i = 0; i < 100; ++i) {
    CHECK(status("new " + std::to_string(i)) == 201);
    CHECK(status("old " + std::to_string(i)) == 0);
  }
  CHECK(value_of(store->verify({}, {}, {})).empty());
}

TEST_CASE("decisions with a gap between their ids are refused") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  Changes changes;
  changes.decisions = {{.id = 1, .at = noon, .campaign = 1}, {.id = 3, .at = noon, .campaign = 1}};
  require_ok(store->begin());
  CHECK(store->commit(changes).error().code == Code::internal);
}
