#include "http/admission.h"

#include <catch2/catch.hpp>
#include <string>

using namespace scrip::http;

namespace {

Task task(std::string& order, char name, Urgency urgency) {
  return {.run = [&order, name] { order += name; }, .urgency = urgency};
}

}  // namespace

TEST_CASE("claims go first, others are not starved, and what has no room is refused") {
  std::string order;
  Admission admission(1, 40);
  const auto wait = [&](char name, Urgency urgency) { return admission.wait(task(order, name, urgency)); };
  REQUIRE(admission.begin(Urgency::claim));
  CHECK(!admission.begin(Urgency::claim));
  REQUIRE(wait('o', Urgency::other));
  REQUIRE(wait('o', Urgency::other));
  for (int i = 0; i < 28; ++i) REQUIRE(wait('c', Urgency::claim));
  // Three quarters are taken: the rest is for claims.
  CHECK(!wait('x', Urgency::other));
  for (int i = 0; i < 10; ++i) REQUIRE(wait('c', Urgency::claim));
  CHECK(!wait('x', Urgency::claim));
  CHECK(admission.waiting() == 40);
  CHECK(!admission.next());
  Urgency running = Urgency::claim;
  for (int i = 0; i < 40; ++i) {
    admission.end(running);
    auto next = admission.next();
    REQUIRE(next);
    CHECK(admission.running() == 1);
    CHECK(!admission.next());
    next->run();
    running = next->urgency;
  }
  admission.end(running);
  CHECK(!admission.next());
  CHECK(admission.running() == 0);
  CHECK(order == std::string(16, 'c') + "o" + std::string(16, 'c') + "o" + std::string(6, 'c'));
}

TEST_CASE("of the places to run the last quarter is for claims") {
  std::string order;
  Admission admission(8, 10);
  for (int i = 0; i < 6; ++i) CHECK(admission.begin(Urgency::other));
  CHECK(!admission.begin(Urgency::other));
  REQUIRE(admission.wait(task(order, 'o', Urgency::other)));
  CHECK(!admission.next());
  CHECK(admission.begin(Urgency::claim));
  CHECK(admission.begin(Urgency::claim));
  CHECK(!admission.begin(Urgency::claim));
  admission.end(Urgency::claim);
  CHECK(!admission.next());
  admission.end(Urgency::other);
  CHECK(admission.next());
  CHECK(admission.running() == 7);
}

TEST_CASE("others that have no place do not hold up claims, and the other way round") {
  std::string order;
  Admission admission(4, 10);
  for (int i = 0; i < 3; ++i) REQUIRE(admission.begin(Urgency::other));
  REQUIRE(admission.begin(Urgency::claim));
  REQUIRE(admission.wait(task(order, 'o', Urgency::other)));
  REQUIRE(admission.wait(task(order, 'c', Urgency::claim)));
  admission.end(Urgency::claim);
  REQUIRE(admission.next()->urgency == Urgency::claim);
  admission.end(Urgency::claim);
  CHECK(!admission.next());
  admission.end(Urgency::other);
  CHECK(admission.next()->urgency == Urgency::other);
}
