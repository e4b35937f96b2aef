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
        when(row.user_id.has_value(), has_user) | when(!row.code.empty(), is_refusal);
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

bool decode_decisions(std::int64_t first_id, std::string_view bytes, std::vector<DecisionRow>& to) {
  ByteReader in(bytes);
  Micros at = 0;
  std::int64_t campaign = 0;
  std::int64_t revision = 0;
  for (std::int64_t id = first_id; in.ok() && !in.at_end(); ++id) {
    const std::uint64_t flags = in.number();
    if (flags & other_instant) at += in.signed_number();
    if (flags & other_campaign) campaign = in.signed_number();
    if (flags & other_revision) revision = in.signed_number();
    DecisionRow row{.id = id, .at = at, .campaign = campaign, .revision = revision};
    if (flags & has_serial) row.serial = in.signed_number();
    if (flags & has_user) row.user_id = std::string(in.text());
    if (flags & is_refusal) row.code = std::string(in.text());
    row.record = std::string(in.text());
    if (in.ok()) to.push_back(std::move(row));
  }
  return in.ok();
}

}  // namespace scrip::sqlite
