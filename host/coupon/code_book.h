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

#include <cstddef>
#include <cstdint>
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
  // Adding in the order of ids. The format of a batch is added before it, and the batch starts at
  // the format's next_index() and the campaign's serials(). A campaign's pattern has the shape of
  // the format of its batches.
  void add(std::shared_ptr<const CodeFormat> format);
  void add(const CodeBatch& batch);
  void set_pattern(std::int64_t campaign, std::string pattern);

  // The format of a shape, or null.
  std::shared_ptr<const CodeFormat> format(std::string_view shape, Alphabet alphabet) const;

  // The computed coupon that owns a normalized code; nullopt for a text that nobody generated. Costs
  // one decoding for each format that the text fits, usually none or one.
  std::optional<CouponKey> find(std::string_view normalized) const;

  // The code as the campaign's pattern writes it. Precondition: 0 <= serial < serials(campaign).
  std::string code(CouponKey key) const;

  // False for a gap (see above), and for a serial that no batch holds.
  bool owns(CouponKey key) const;

  // The batch that holds a serial, or null. Points into this book: valid until it is changed or destroyed.
  const CodeBatch* batch(CouponKey key) const;

  // How many serials the campaign's batches hold together (gaps included).
  std::int64_t serials(std::int64_t campaign) const;

  // The next unused index of a format, and the id and serial that the next batch gets.
  std::int64_t next_index(std::int64_t format) const;
  std::int64_t next_batch_id() const;
  std::int64_t next_format_id() const;

 private:
  // The first characters of a shape as one word, so that a text is compared with thousands of
  // formats by reading this list alone: most shapes differ in their length or their first letters.
  struct Outline {
    std::size_t length = 0;
    std::uint64_t mask = 0;  // ones where the shape has a literal character
    std::uint64_t text = 0;  // these characters

    // True when no text is of both.
    bool excludes(const Outline& other) const {
      return length != other.length || ((text ^ other.text) & mask & other.mask) != 0;
    }
  };
  struct Format {
    std::shared_ptr<const CodeFormat> format;
    std::vector<CodeBatch> batches;  // by first_index
    bool overlapped = false;         // some other format can write the same text
  };
  struct Campaign {
    std::string pattern;
    std::vector<CodeBatch> batches;  // by first_serial
  };
  struct FormatEntry {
    std::int64_t id = 0;
    Outline outline;
    std::shared_ptr<Format> held;
  };
  struct CampaignEntry {
    std::int64_t number = 0;
    std::shared_ptr<Campaign> held;
  };

  static Outline outline_of(std::string_view shape);
  const Format* format(std::int64_t id) const;
  const Campaign* campaign(std::int64_t number) const;
  Campaign& changed_campaign(std::int64_t number);

  // Both in order of id or number. What they point at is shared with the copies of this book, and is
  // copied before it changes unless this book alone holds it.
  std::vector<FormatEntry> formats_;
  std::vector<CampaignEntry> campaigns_;
  std::int64_t last_batch_id_ = 0;
};

}  // namespace scrip
