// Every code that can exist, without storing one: the formats, and the batches (ranges of a
// format's indexes) that were generated for campaigns. Answers "whose is this code" and "what is
// the code of this coupon" from memory.
//
// Within a campaign a computed coupon is named by its *serial*: 0, 1, 2 ... in the order of the
// campaign's batches. Imported coupons have negative serials and are not in the book.
//
// Two formats of different alphabets may be able to write the same text. Such a text belongs to
// the batch with the smallest id that holds it, which later batches cannot change; the other
// batch's serial is a *gap* and is never issued (owns() is false for it).
//
// A CodeBook is a value with cheap copies (shared, immutable parts); const methods are thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/code_format.h"
#include "coupon/time.h"

namespace scrip {

struct CodeBatch {
  std::int64_t id = 0;            // from 1, in order of generation over all campaigns
  std::int64_t campaign = 0;      // campaign number
  std::int64_t format = 0;        // CodeFormat::id
  std::int64_t first_index = 0;   // in the format
  std::int64_t first_serial = 0;  // in the campaign
  std::int64_t count = 0;         // at least 1
  Micros created_at = 0;
};

struct CouponKey {
  std::int64_t campaign = 0;
  std::int64_t serial = 0;  // 0 and up: computed; below 0: imported
  auto operator<=>(const CouponKey&) const = default;
};

class CodeBook {
 public:
  // Adding in the order of ids. The format of a batch is added before it.
  void add(std::shared_ptr<const CodeFormat> format);
  void add(const CodeBatch& batch);
  void set_pattern(std::int64_t campaign, std::string pattern);

  // The format of a shape, or null.
  std::shared_ptr<const CodeFormat> format(std::string_view shape, Alphabet alphabet) const;

  // The computed coupon that owns a normalized code; nullopt for a text that nobody generated.
  std::optional<CouponKey> find(std::string_view normalized) const;

  // The code as the campaign's pattern writes it. Precondition: 0 <= serial < serials(campaign).
  std::string code(CouponKey key) const;

  // False for a gap (see above).
  bool owns(CouponKey key) const;

  // The batch that holds a serial, or null.
  const CodeBatch* batch(CouponKey key) const;

  // How many serials the campaign's batches hold together (gaps included).
  std::int64_t serials(std::int64_t campaign) const;

  // The next unused index of a format, and the id and serial that the next batch gets.
  std::int64_t next_index(std::int64_t format) const;
  std::int64_t next_batch_id() const;
  std::int64_t next_format_id() const;

 private:
  struct Format {
    std::shared_ptr<const CodeFormat> format;
    std::vector<CodeBatch> batches;  // by first_index
    bool overlapped = false;         // some other format can write the same text
  };
  struct Campaign {
    std::string pattern;
    std::vector<CodeBatch> batches;  // by first_serial
  };
  std::map<std::int64_t, std::shared_ptr<const Format>> formats_;
  std::map<std::int64_t, std::shared_ptr<const Campaign>> campaigns_;
  std::int64_t last_batch_id_ = 0;
};

}  // namespace scrip
