#include "db/sqlite/verify_postings.h"

#include <string>

#include "db/sqlite/runs/stored_postings.h"

namespace scrip::sqlite {
namespace {

constexpr std::array<const char*, index_count> names{"coupons by user",     "coupons by expiry", "decisions by user",
                                                     "decisions by coupon", "answers by key",    "imported codes"};

// What is added up has to look random, or two wrongs could make a right.
std::uint64_t mixed(const Posting& posting) {
  static const KeyHash fixed(1, 2);
  return fixed.of_coupon(static_cast<std::int64_t>(fixed.of_coupon(posting.first, posting.second)),
                         static_cast<std::int64_t>(posting.key));
}

}  // namespace

void PostingSums::Sum::add(const Posting& posting) {
  ++count;
  total += mixed(posting);
}

void PostingSums::Sum::take_away(const Posting& posting) {
  --count;
  total -= mixed(posting);
}

Result<void> PostingSums::compare(Connection& db, Index index, std::int64_t oldest, Findings& findings) const {
  const std::string name = std::string("index of ") + names[static_cast<std::size_t>(index)];
  RunCache cache;
  auto postings = read_stored(db, index, cache, 0);
  if (!postings) return postings.error();
  Sum stored;
  Posting last;
  bool ordered = true;
  for (;;) {
    const auto next = (*postings)->next(db);
    if (!next) return next.error();
    if (*next == nullptr) break;
    ordered = ordered && (stored.count == 0 || last < **next);
    last = **next;
    if (last.second >= oldest) stored.add(last);
  }
  const Sum& expected = sums_[static_cast<std::size_t>(index)];
  if (stored.count != expected.count) {
    findings.add(name + ": entries", stored.count, expected.count);
  } else if (stored.total != expected.total) {
    findings.add(name + ": its entries are not those of the rows", 1, 0);
  }
  if (!ordered) findings.add(name + ": an entry comes twice or out of order", 1, 0);
  return {};
}

}  // namespace scrip::sqlite
