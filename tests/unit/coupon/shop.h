// A code book with what the ledger does around it, for the tests of the book.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coupon/code_book.h"

namespace scrip {

inline constexpr char default_pattern[] = "####-####-####-####";

// A format for each shape, a batch after the others.
struct Shop {
  CodeBook book;
  std::vector<std::shared_ptr<const CodeFormat>> formats;
  std::vector<CodeBatch> batches;
  std::map<std::int64_t, std::string> patterns;

  std::int64_t format(const std::string& pattern, Alphabet alphabet) {
    if (const auto known = book.format(shape_of(pattern), alphabet)) return known->id();
    FormatKey key{};
    key[0] = static_cast<std::uint8_t>(book.next_format_id());
    formats.push_back(std::make_shared<const CodeFormat>(book.next_format_id(), shape_of(pattern), alphabet, key));
    book.add(formats.back());
    return formats.back()->id();
  }

  void generate(std::int64_t campaign, const std::string& pattern, Alphabet alphabet, std::int64_t count) {
    const std::int64_t of = format(pattern, alphabet);
    book.set_pattern(campaign, pattern);
    patterns[campaign] = pattern;
    batches.push_back({.id = book.next_batch_id(),
                       .campaign = campaign,
                       .format = of,
                       .first_index = book.next_index(of),
                       .first_serial = book.serials(campaign),
                       .count = count});
    book.add(batches.back());
  }

  // Whose a text is, by trying everything.
  std::optional<CouponKey> owner(const std::string& normalized) const {
    for (const CodeBatch& batch : batches) {  // in the order of ids
      const auto index = formats[static_cast<std::size_t>(batch.format - 1)]->decode(normalized);
      if (index && *index >= batch.first_index && *index - batch.first_index < batch.count) {
        return CouponKey{batch.campaign, batch.first_serial + *index - batch.first_index};
      }
    }
    return std::nullopt;
  }
};

}  // namespace scrip
