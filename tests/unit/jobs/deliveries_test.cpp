#include "jobs/deliveries.h"

#include <openssl/evp.h>

#include <algorithm>
#include <map>
#include <set>

#include "outbox_house.h"
#include "receiver.h"

namespace scrip::test {
namespace {

using Mood = Receiver::Mood;

const std::string secret = "a secret of the test";

LedgerOptions all_claims() {
  LedgerOptions options;
  options.claim_events = EventKinds::usual();
  return options;
}

// The deliveries of a house, with a clock for their retries.
struct Post {
  OutboxHouse& house;
  ManualClock real{real_time() + hour};  // later than whatever is recorded meanwhile
  std::vector<std::string> told{};
  std::map<std::string, int> outcomes{};
  std::unique_ptr<jobs::Deliveries> deliveries{};

  void open(const Receiver* receiver, EventKinds kinds = EventKinds::all(), jobs::DeliveryOptions options = {}) {
    std::unique_ptr<jobs::Webhook> webhook;
    if (receiver) {
      auto opened = jobs::Webhook::open(
          {.url = receiver->url(), .secret = secret, .kinds = kinds, .time_out = std::chrono::milliseconds(2'000)});
      REQUIRE(opened.ok());
      webhook = std::move(*opened);
    }
    deliveries = std::make_unique<jobs::Deliveries>(
        *house.ledger, *house.store, real, house.clock, std::move(webhook), options,
        jobs::DeliveryEvents{.told = [this](const Event& event) { told.emplace_back(name(event.kind)); },
                             .attempted = [this](const Event&, std::string_view outcome,
                                                 std::string_view) { ++outcomes[std::string(outcome)]; }});
  }
  jobs::Deliveries::Round round() {
    auto round = deliveries->round();
    INFO((round ? std::string() : round.error().message));
    REQUIRE(round.ok());
    return *round;
  }
};

// HMAC-SHA256 in hexadecimal, written out (RFC 2104) so that it is not the code under test.
std::string hmac(std::string key, const std::string& text) {
  const auto digest = [](const std::string& bytes) {
    std::string out(32, '\0');
    unsigned size = 0;
    REQUIRE(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, EVP_sha256(),
                       nullptr) == 1);
    return out;
  };
  key.resize(64, '\0');
  std::string inner = key, outer = key, shown;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  for (const char c : digest(outer + digest(inner + text))) {
    shown += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    shown += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return shown;
}

int count(OutboxHouse& house, EventState state) {
  int found = 0;
  for (const Event& event : house.events()) found += event.state == state ? 1 : 0;
  return found;
}

TEST_CASE("an event reaches the webhook signed, with its kind and a stable id, and is settled") {
  OutboxHouse house("days = 7", all_claims());
  Receiver receiver;
  Post post{house};
  post.open(&receiver);
  const auto campaign = house.campaign("c");
  house.issue(campaign, "minji");
  CHECK(post.round().delivered == 2);  // the first activation is one
  const auto came = receiver.came();
  REQUIRE(came.size() == 2);
  const auto& issued = came[0].event == "coupon.issued" ? came[0] : came[1];
  const Event stored = house.events(EventKind::coupon_issued).front();
  const Json json = issued.json();
  CHECK(json["id"] == stored.public_id());
  CHECK(issued.delivery == stored.public_id());
  CHECK(json["type"] == "coupon.issued");
  CHECK(json["created_at"] == "2026-11-21T01:00:00Z");
  CHECK(json["data"]["coupon"]["user_id"] == "minji");
  CHECK(json["data"]["coupon"]["campaign_id"] == "c");
  CHECK(json["data"]["coupon"]["state"] == "issued");
  const std::size_t comma = issued.signature.find(",v1=");
  REQUIRE(issued.signature.starts_with("t="));
  REQUIRE(comma != std::string::npos);
  const std::string at = issued.signature.substr(2, comma - 2);
  CHECK(at == std::to_string(post.real.now() / second));
  CHECK(issued.signature.substr(comma + 4) == hmac(secret, at + "." + issued.body));
  CHECK(count(house, EventState::delivered) == 2);
  CHECK(post.deliveries->pending() == 0);
  CHECK(post.round().delivered == 0);
  CHECK(receiver.came().size() == 2);
}

TEST_CASE("a receiver that fails, hangs and breaks off gets everything when it comes back") {
  OutboxHouse house("days = 7", all_claims());
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_issued));
  const auto campaign = house.campaign("c");
  for (int i = 0; i < 4; ++i) house.issue(campaign, "user-" + std::to_string(i));
  receiver.next({Mood::fail, Mood::hang, Mood::break_off});
  CHECK(post.round().retried == 3);
  CHECK(count(house, EventState::pending) == 3);
  // Not before their time.
  CHECK(post.round().delivered == 0);
  for (const Event& event : house.events()) {
    if (event.state != EventState::pending) continue;
    CHECK(event.attempts == 1);
    CHECK(!event.last_error.empty());
    CHECK(event.next_attempt_at > post.real.now());
    CHECK(event.next_attempt_at <= post.real.now() + second);
  }
  receiver.next({Mood::fail, Mood::fail, Mood::fail});
  post.real.advance(second);
  CHECK(post.round().retried == 3);
  post.real.advance(2 * second);
  CHECK(post.round().delivered == 3);
  CHECK(count(house, EventState::pending) == 0);
  std::map<std::string, int> attempts;
  std::set<std::string> users;
  for (const auto& came : receiver.came()) {
    ++attempts[came.delivery];
    users.insert(came.json()["data"]["coupon"]["user_id"].get<std::string>());
  }
  CHECK(attempts.size() == 4);
  CHECK(users.size() == 4);
  CHECK(receiver.came().size() == 10);
  CHECK(post.outcomes["retried"] == 6);
  CHECK(house.events(EventKind::coupon_issued).size() == 4);
}

TEST_CASE("nobody at the receiver's address is a failure like another") {
  OutboxHouse house("days = 7", all_claims());
  Post post{house};
  {
    const Receiver gone;
    post.open(&gone);
  }
  house.issue(house.campaign("c"), "minji");
  CHECK(post.round().retried == 2);
  CHECK(count(house, EventState::pending) == 2);
}

TEST_CASE("the receiver's Retry-After is honoured") {
  OutboxHouse house("days = 7", all_claims());
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_issued));
  house.issue(house.campaign("c"), "minji");
  receiver.next({Mood::ask_for_patience});
  CHECK(post.round().retried == 1);
  post.real.advance(119 * second);
  CHECK(post.round().delivered == 0);
  post.real.advance(second);
  CHECK(post.round().delivered == 1);
}

TEST_CASE("after three days an event is given up, and the others are still delivered") {
  OutboxHouse house("days = 7", all_claims());
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_issued));
  const auto campaign = house.campaign("c");
  house.issue(campaign, "minji");
  for (int attempts = 1; count(house, EventState::failed) == 0; ++attempts) {
    REQUIRE(attempts < 200);
    receiver.next({Mood::fail});
    post.round();
    post.real.advance(hour);
  }
  const Event failed = house.events(EventKind::coupon_issued).front();
  CHECK(failed.last_error == "answered 500");
  CHECK(failed.attempts > 70);  // an hour apart at most
  CHECK(failed.settled_at.has_value());
  receiver.next({});
  house.issue(campaign, "jisoo");
  CHECK(post.round().delivered == 1);
  CHECK(count(house, EventState::failed) == 1);
}

TEST_CASE("an event that is days old when the server comes back is not given up at the first failure") {
  OutboxHouse house("days = 7", all_claims());
  house.issue(house.campaign("c"), "minji");
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_issued));
  post.real.advance(10 * day);
  receiver.next(std::vector<Mood>(3, Mood::fail));
  for (int i = 0; i < 3; ++i) {
    CHECK(post.round().retried == 1);
    post.real.advance(minute);
  }
  CHECK(post.round().delivered == 1);
  CHECK(count(house, EventState::failed) == 0);
}

TEST_CASE("retries come later and later, by chance, and never more than an hour apart") {
  OutboxHouse house("days = 7", all_claims());
  Post post{house};
  {
    const Receiver gone;
    post.open(&gone, EventKinds().with(EventKind::coupon_issued));
  }
  const auto campaign = house.campaign("c");
  for (int i = 0; i < 20; ++i) house.issue(campaign, "user-" + std::to_string(i));
  for (int attempt = 1; attempt <= 16; ++attempt) {
    CHECK(post.round().retried == 20);
    const Micros whole = std::min(hour, second << (attempt - 1));
    std::set<Micros> waits;
    for (const Event& event : house.events(EventKind::coupon_issued)) {
      CHECK(event.attempts == attempt);
      waits.insert(event.next_attempt_at - post.real.now());
    }
    CHECK(*waits.begin() >= whole / 2);
    CHECK(*waits.rbegin() <= whole);
    CHECK(waits.size() > 10);
    post.real.advance(whole);
  }
}

TEST_CASE("what was not delivered is delivered after a restart, under the same id") {
  OutboxHouse house("days = 7", all_claims());
  Receiver receiver;
  const EventKinds kinds = EventKinds().with(EventKind::coupon_issued);
  house.issue(house.campaign("c"), "minji");
  {
    Post post{house};
    post.open(&receiver, kinds);
    receiver.next({Mood::fail});
    CHECK(post.round().retried == 1);
  }
  house.reopen("days = 7");
  Post post{house};
  post.open(&receiver, kinds);
  post.real.advance(minute);
  CHECK(post.round().delivered == 1);
  const auto came = receiver.came();
  REQUIRE(came.size() == 2);
  CHECK(came[0].delivery == came[1].delivery);
  CHECK(came[0].body == came[1].body);
}

TEST_CASE("a delivery that could not be stored is stored later and not made again") {
  OutboxHouse house("days = 7", all_claims());
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_issued));
  house.issue(house.campaign("c"), "minji");
  house.store->fail(FaultStore::Step::commit);
  CHECK(!post.deliveries->round().ok());
  CHECK(count(house, EventState::pending) > 0);
  post.round();
  CHECK(count(house, EventState::pending) == 0);
  CHECK(receiver.came().size() == 1);
}

TEST_CASE("without a webhook events are told to this process alone, once") {
  OutboxHouse house;
  house.issue(house.campaign("c"), "minji");
  house.pass_at("2026-11-25T08:00:00+09:00");
  Post post{house};
  post.open(nullptr);
  post.round();
  post.round();
  CHECK(post.told == std::vector<std::string>{"policy.reloaded", "coupon.expiring"});
  CHECK(count(house, EventState::delivered) == 2);
}

TEST_CASE("a notice is told to this process with its first attempt only") {
  OutboxHouse house;
  house.issue(house.campaign("c"), "minji");
  house.pass_at("2026-11-25T08:00:00+09:00");
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_expiring));
  receiver.next({Mood::fail});
  post.round();
  post.real.advance(minute);
  post.round();
  CHECK(std::count(post.told.begin(), post.told.end(), "coupon.expiring") == 1);
  CHECK(receiver.came().size() == 2);
}

// A house with one notice that waits to be delivered, about a coupon of minji's.
struct NoticedCoupon {
  OutboxHouse house;
  CouponKey coupon = house.issue(house.campaign("c"), "minji");
  Receiver receiver;
  Post post{house};

  NoticedCoupon() {
    REQUIRE(house.pass_at("2026-11-25T08:00:00+09:00").notices == 1);
    post.open(&receiver, EventKinds().with(EventKind::coupon_expiring));
  }
  void redeem() { REQUIRE(!house.run(Redeem{.coupon = coupon, .order = std::nullopt}).error); }
  void cancel() { REQUIRE(!house.run(Cancel{.coupon = coupon}).error); }
  Event notice() { return house.events(EventKind::coupon_expiring).front(); }
  auto times_told() { return std::count(post.told.begin(), post.told.end(), "coupon.expiring"); }
};

TEST_CASE("a coupon that is used while the receiver fails is not announced when it comes back") {
  NoticedCoupon noticed;
  noticed.receiver.next({Mood::fail});
  CHECK(noticed.post.round().retried == 1);
  noticed.redeem();
  noticed.post.real.advance(minute);
  const auto round = noticed.post.round();
  CHECK(round.obsolete == 1);
  CHECK(round.delivered == 0);
  CHECK(noticed.receiver.came().size() == 1);  // the attempt that failed
  CHECK(noticed.notice().state == EventState::obsolete);
  CHECK(noticed.notice().last_error == "the coupon was used");
  CHECK(noticed.notice().attempts == 1);
  CHECK(noticed.notice().settled_at == noticed.post.real.now());
  CHECK(noticed.post.outcomes["obsolete"] == 1);
  CHECK(noticed.post.deliveries->pending() == 0);
  // For good: the notice was made and is not made again, nor is it sent.
  noticed.cancel();
  CHECK(noticed.house.pass().notices == 0);
  noticed.post.real.advance(minute);
  CHECK(noticed.post.round().delivered == 0);
  CHECK(noticed.receiver.came().size() == 1);
  noticed.house.check_books();
}

TEST_CASE("a coupon whose use was cancelled again while the receiver failed is announced") {
  NoticedCoupon noticed;
  noticed.receiver.next({Mood::fail});
  CHECK(noticed.post.round().retried == 1);
  noticed.redeem();
  noticed.cancel();
  noticed.post.real.advance(minute);
  CHECK(noticed.post.round().delivered == 1);
  CHECK(noticed.receiver.came().size() == 2);
  CHECK(noticed.notice().state == EventState::delivered);
}

TEST_CASE("a coupon that was used before its notice's first attempt is told to nobody, not to this process either") {
  NoticedCoupon noticed;
  noticed.redeem();
  CHECK(noticed.post.round().obsolete == 1);
  CHECK(noticed.times_told() == 0);
  CHECK(noticed.receiver.came().empty());
  CHECK(noticed.notice().state == EventState::obsolete);
}

TEST_CASE("without a webhook, too, a coupon that was used meanwhile is not told of") {
  NoticedCoupon noticed;
  noticed.post.open(nullptr);
  noticed.redeem();
  CHECK(noticed.post.round().obsolete == 1);
  CHECK(noticed.times_told() == 0);
}

TEST_CASE("a coupon that expires while the receiver is away is not announced any more") {
  NoticedCoupon noticed;
  noticed.receiver.next({Mood::fail});
  CHECK(noticed.post.round().retried == 1);
  // Until the 28th, 10:00: still good a second before.
  const bool over = GENERATE(false, true);
  noticed.house.clock.set(*parse_instant(over ? "2026-11-28T10:00:00+09:00" : "2026-11-28T09:59:59+09:00"));
  noticed.post.real.advance(minute);
  CHECK(noticed.post.round().obsolete == (over ? 1 : 0));
  CHECK(noticed.receiver.came().size() == (over ? 1 : 2));
  CHECK(noticed.notice().last_error == (over ? "the coupon has expired" : ""));
}

TEST_CASE("an imported coupon that was used meanwhile is not announced, others of the file are") {
  OutboxHouse house;
  const auto campaign = house.campaign("c");
  REQUIRE(!house.run(StartImport{.campaign = campaign, .id = "file", .bytes_total = std::nullopt}).error);
  std::vector<ImportRow> rows;
  for (const std::string& code : {std::string("PARTNER1"), std::string("PARTNER2")}) {
    rows.push_back({.line = 2, .code = code, .normalized = code, .state = CouponState::issued});
    rows.back().user_id = "user of " + code;
    rows.back().expires_at = *parse_instant("2026-11-28T23:59:59+09:00");
  }
  REQUIRE(house.run(ImportCoupons{.job = "file", .rows = rows, .rejected = {}}).import.imported == 2);
  REQUIRE(house.pass_at("2026-11-25T08:00:00+09:00").notices == 2);
  REQUIRE(!house.run(Redeem{.coupon = CouponKey{campaign, -1}, .order = std::nullopt}).error);
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_expiring));
  CHECK(post.round().obsolete == 1);
  REQUIRE(receiver.came().size() == 1);
  CHECK(receiver.came().front().json()["data"]["coupon"]["code"] == "PARTNER2");
}

TEST_CASE("what was settled long ago is dropped, what is pending is not, and no notice comes again") {
  OutboxHouse house;
  house.issue(house.campaign("c"), "minji");
  house.pass_at("2026-11-25T08:00:00+09:00");
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_expiring));
  receiver.next({Mood::fail});
  post.round();
  CHECK(house.events().size() == 2);
  post.real.advance(day);
  receiver.next({});
  post.round();
  post.real.advance(8 * day);
  house.activate(reminding("days = 7, remind_days = { 3 }"));
  post.round();  // the reload
  CHECK(house.events(EventKind::coupon_expiring).empty());
  CHECK(house.pass().notices == 0);
}

TEST_CASE("the outbox drops old events as fast as new ones come, and also when none come") {
  OutboxHouse house("days = 7", all_claims());
  Post post{house};
  post.open(nullptr);
  const auto campaign = house.campaign("c");
  house.issue_many(campaign, 1'500);
  CHECK(post.round().delivered == 1'501);
  CHECK(house.events().size() == 1'501);
  post.real.advance(8 * day);
  house.issue(campaign, "minji");
  house.issue(campaign, "jisoo");
  CHECK(post.round().delivered == 2);
  CHECK(house.events().size() < 600);
  post.real.advance(hour);
  CHECK(post.round().delivered == 0);
  CHECK(house.events().size() == 2);
}

TEST_CASE("thousands of events are all delivered, once each when nothing fails") {
  OutboxHouse house("days = 7", all_claims());
  Receiver receiver;
  Post post{house};
  post.open(&receiver, EventKinds().with(EventKind::coupon_issued));
  const auto campaign = house.campaign("c");
  house.issue_many(campaign, 1'500);
  post.round();
  std::set<std::string> ids;
  for (const auto& came : receiver.came()) ids.insert(came.delivery);
  CHECK(receiver.came().size() == 1'500);
  CHECK(ids.size() == 1'500);
  CHECK(count(house, EventState::pending) == 0);
}

TEST_CASE("only http and https addresses are taken for a webhook") {
  CHECK(!jobs::refuse_webhook_url("https://shop.example/coupons?x=1"));
  CHECK(!jobs::refuse_webhook_url("http://127.0.0.1:9000/"));
  for (const char* url : {"", "shop.example", "ftp://shop.example/", "http://", "https://a b/", "file:///etc/passwd"}) {
    INFO(url);
    CHECK(jobs::refuse_webhook_url(url));
  }
}

}  // namespace
}  // namespace scrip::test
