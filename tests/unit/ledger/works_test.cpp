#include "counting_house.h"

namespace scrip::test {
namespace {

std::vector<std::string> titles(CountingHouse& house) {
  auto reader = house.store->reader();
  REQUIRE(reader.ok());
  const auto works = (*reader)->works(0, 100);
  REQUIRE(works.ok());
  std::vector<std::string> found;
  for (const Work& work : *works) found.push_back(std::to_string(work.id) + " " + work.title);
  return found;
}

using Titles = std::vector<std::string>;

TEST_CASE("commands about works see what those before them in the batch did") {
  CountingHouse house;
  std::vector<Submission> submissions;
  for (Command command : {Command(AddWork{"a"}), Command(EditWork{1, "b"}), Command(AddWork{"c"}), Command(DropWork{1}),
                          Command(EditWork{1, "d"}), Command(DropWork{1}), Command(EditWork{2, "e"})}) {
    submissions.push_back({.command = std::move(command), .actor = {"admin", Role::operator_}});
  }
  run_together(*house.ledger, submissions);
  Titles outcomes;
  for (const Submission& submission : submissions) outcomes.push_back(CountingHouse::code(submission.outcome));
  CHECK(outcomes == Titles{"ok", "ok", "ok", "ok", "work_not_found", "work_not_found", "ok"});
  CHECK(titles(house) == Titles{"2 e"});
}

TEST_CASE("a commit that fails leaves no work and takes no id") {
  CountingHouse house;
  REQUIRE(!house.run(AddWork{"a"}).error);
  house.store->fail(FaultStore::Step::commit);
  CHECK(CountingHouse::code(house.run(AddWork{"lost"})) == "storage_unavailable");
  house.store->fail(FaultStore::Step::commit);
  CHECK(CountingHouse::code(house.run(DropWork{1})) == "storage_unavailable");
  const Outcome next = house.run(AddWork{"b"});
  CHECK(next.work.id == 2);
  CHECK(titles(house) == Titles{"1 a", "2 b"});
}

}  // namespace
}  // namespace scrip::test
