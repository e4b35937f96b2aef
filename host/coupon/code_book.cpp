#include "coupon/code_book.h"

#include <algorithm>
#include <atomic>
#include <cassert>

namespace scrip {
namespace {

// What `held` points at, for writing: a copy of its own if other books share it.
template <class T>
T& writable(std::shared_ptr<T>& held) {
  if (held.use_count() == 1) {
    // The last other holder let go by a release; what it read, it read before this write.
    std::atomic_thread_fence(std::memory_order_acquire);
  } else {
    held = std::make_shared<T>(*held);
  }
  return *held;
}

// The last of the batches, ordered by `first`, that starts at or before `position` and reaches it.
const CodeBatch* holder(const std::vector<CodeBatch>& batches, std::int64_t CodeBatch::*first, std::int64_t position) {
  const auto after = std::upper_bound(batches.begin(), batches.end(), position,
                                      [first](std::int64_t p, const CodeBatch& batch) { return p < batch.*first; });
  if (after == batches.begin()) return nullptr;
  const CodeBatch& batch = *std::prev(after);
  return position - batch.*first < batch.count ? &batch : nullptr;
}

// Where the next batch starts.
std::int64_t end_of(const std::vector<CodeBatch>& batches, std::int64_t CodeBatch::*first) {
  return batches.empty() ? 0 : batches.back().*first + batches.back().count;
}

}  // namespace

CodeBook::Outline CodeBook::outline_of(std::string_view shape) {
  Outline outline{.length = shape.size()};
  for (const char c : shape.substr(0, sizeof outline.text)) {
    outline.mask = outline.mask << 8 | (c == '#' ? 0x00U : 0xFFU);
    outline.text = outline.text << 8 | static_cast<std::uint8_t>(c);
  }
  outline.text &= outline.mask;
  return outline;
}

const CodeBook::Format* CodeBook::format(std::int64_t id) const {
  const auto found = std::lower_bound(formats_.begin(), formats_.end(), id,
                                      [](const FormatEntry& entry, std::int64_t i) { return entry.id < i; });
  return found == formats_.end() || found->id != id ? nullptr : found->held.get();
}

const CodeBook::Campaign* CodeBook::campaign(std::int64_t number) const {
  const auto found = std::lower_bound(campaigns_.begin(), campaigns_.end(), number,
                                      [](const CampaignEntry& entry, std::int64_t n) { return entry.number < n; });
  return found == campaigns_.end() || found->number != number ? nullptr : found->held.get();
}

CodeBook::Campaign& CodeBook::changed_campaign(std::int64_t number) {
  auto found = std::lower_bound(campaigns_.begin(), campaigns_.end(), number,
                                [](const CampaignEntry& entry, std::int64_t n) { return entry.number < n; });
  if (found == campaigns_.end() || found->number != number) {
    found = campaigns_.insert(found, {.number = number, .held = std::make_shared<Campaign>()});
  }
  return writable(found->held);
}

void CodeBook::add(std::shared_ptr<const CodeFormat> format) {
  assert(format->id() >= next_format_id());
  const Outline outline = outline_of(format->shape());
  bool overlapped = false;
  for (FormatEntry& entry : formats_) {
    if (entry.outline.excludes(outline) || !entry.held->format->overlaps(*format)) continue;
    overlapped = true;
    if (!entry.held->overlapped) writable(entry.held).overlapped = true;
  }
  formats_.push_back({.id = format->id(), .outline = outline, .held = std::make_shared<Format>()});
  Format& added = *formats_.back().held;
  added.format = std::move(format);
  added.overlapped = overlapped;
}

void CodeBook::add(const CodeBatch& batch) {
  assert(batch.id >= next_batch_id() && batch.count >= 1);
  assert(batch.first_index == next_index(batch.format) && batch.first_serial == serials(batch.campaign));
  const auto entry = std::lower_bound(formats_.begin(), formats_.end(), batch.format,
                                      [](const FormatEntry& e, std::int64_t id) { return e.id < id; });
  assert(entry != formats_.end() && entry->id == batch.format);
  assert(batch.count <= entry->held->format->room() - batch.first_index);
  writable(entry->held).batches.push_back(batch);
  changed_campaign(batch.campaign).batches.push_back(batch);
  last_batch_id_ = batch.id;
}

void CodeBook::set_pattern(std::int64_t number, std::string pattern) {
  changed_campaign(number).pattern = std::move(pattern);
}

std::shared_ptr<const CodeFormat> CodeBook::format(std::string_view shape, Alphabet alphabet) const {
  for (const FormatEntry& entry : formats_) {
    const CodeFormat& candidate = *entry.held->format;
    if (candidate.alphabet() == alphabet && candidate.shape() == shape) return entry.held->format;
  }
  return nullptr;
}

std::optional<CouponKey> CodeBook::find(std::string_view normalized) const {
  const CodeBatch* owner = nullptr;
  std::int64_t owned_index = 0;
  const Outline text = outline_of(normalized);
  for (const FormatEntry& entry : formats_) {
    if (entry.outline.excludes(text)) continue;
    const std::optional<std::int64_t> index = entry.held->format->decode(normalized);
    if (!index) continue;
    const CodeBatch* batch = holder(entry.held->batches, &CodeBatch::first_index, *index);
    if (batch != nullptr && (owner == nullptr || batch->id < owner->id)) {
      owner = batch;
      owned_index = *index;
    }
    if (!entry.held->overlapped) break;
  }
  if (owner == nullptr) return std::nullopt;
  return CouponKey{.campaign = owner->campaign, .serial = owner->first_serial + (owned_index - owner->first_index)};
}

std::string CodeBook::code(CouponKey key) const {
  const CodeBatch* held = batch(key);
  assert(held != nullptr);
  return format(held->format)
      ->format->encode(held->first_index + (key.serial - held->first_serial), campaign(key.campaign)->pattern);
}

bool CodeBook::owns(CouponKey key) const {
  const CodeBatch* held = batch(key);
  if (held == nullptr) return false;
  return !format(held->format)->overlapped || find(normalize_code(code(key))) == key;
}

const CodeBatch* CodeBook::batch(CouponKey key) const {
  const Campaign* of = campaign(key.campaign);
  return of == nullptr ? nullptr : holder(of->batches, &CodeBatch::first_serial, key.serial);
}

std::int64_t CodeBook::serials(std::int64_t number) const {
  const Campaign* of = campaign(number);
  return of == nullptr ? 0 : end_of(of->batches, &CodeBatch::first_serial);
}

std::int64_t CodeBook::next_index(std::int64_t id) const {
  const Format* of = format(id);
  return of == nullptr ? 0 : end_of(of->batches, &CodeBatch::first_index);
}

std::int64_t CodeBook::next_batch_id() const {
  return last_batch_id_ + 1;
}

std::int64_t CodeBook::next_format_id() const {
  return formats_.empty() ? 1 : formats_.back().id + 1;
}

}  // namespace scrip
