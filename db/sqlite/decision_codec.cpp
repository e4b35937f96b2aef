#include "db/sqlite/decision_codec.h"

#include "coupon/byte_codec.h"

namespace scrip::sqlite {
namespace {

// What a row has, or has other than the one before it.
constexpr std::uint64_t other_instant = 1;
constexpr std::uint64_t other_campaign = 2;
constexpr std::uint64_t other_revision = 4;
constexpr std::uint64_t has_serial = 8;
constexpr std::uint64_t has_user = 16;
constexpr std::uint64_t is_refusal = 32;
constexpr std::uint64_t has_counts = 64;

std::uint64_t when(bool present, std::uint64_t bit) {
  return present ? bit : 0;
}

}  // namespace

std::string encode_decisions(std::span<const DecisionRow> rows) {
  ByteWriter out;
  DecisionRow before;
  const DecisionRow* last = &before;
  for (const DecisionRow& row : rows) {
    const std::uint64_t flags =
        when(row.at != last->at, other_instant) | when(row.campaign != last->campaign, other_campaign) |
        when(row.revision != last->revision, other_revision) | when(row.serial.has_value(), has_serial) |
        when(row.user_id.has_value(), has_user) | when(!row.code.empty(), is_refusal) | when(row.counts, has_counts);
    out.number(flags);
    if (flags & other_instant) out.signed_number(row.at - last->at);
    if (flags & other_campaign) out.signed_number(row.campaign);
    if (flags & other_revision) out.signed_number(row.revision);
    if (row.serial) out.signed_number(*row.serial);
    if (row.user_id) out.text(*row.user_id);
    if (!row.code.empty()) out.text(row.code);
    out.text(row.record);
    last = &row;
  }
  return out.take();
}

bool read_decisions(std::int64_t first_id, std::string_view bytes, std::vector<DecisionView>& to) {
  ByteReader in(bytes);
  Micros at = 0;
  std::int64_t campaign = 0;
  std::int64_t revision = 0;
  for (std::int64_t id = first_id; in.ok() && !in.at_end(); ++id) {
    const std::uint64_t flags = in.number();
    if (flags & other_instant) at += in.signed_number();
    if (flags & other_campaign) campaign = in.signed_number();
    if (flags & other_revision) revision = in.signed_number();
    DecisionView view{
        .id = id, .at = at, .campaign = campaign, .revision = revision, .counts = (flags & has_counts) != 0};
    if (flags & has_serial) view.serial = in.signed_number();
    if (flags & has_user) view.user_id = in.text();
    if (flags & is_refusal) view.code = in.text();
    view.record = in.text();
    if (in.ok()) to.push_back(view);
  }
  return in.ok();
}

std::optional<Micros> first_instant(std::string_view bytes) {
  ByteReader in(bytes);
  const Micros at = in.number() & other_instant ? in.signed_number() : 0;
  return in.ok() ? std::optional(at) : std::nullopt;
}

DecisionRow DecisionView::row() const {
  DecisionRow row{.id = id, .at = at, .campaign = campaign, .serial = serial, .revision = revision, .counts = counts};
  if (user_id) row.user_id = std::string(*user_id);
  row.code = code;
  row.record = record;
  return row;
}

}  // namespace scrip::sqlite
