#include "jobs/export.h"

#include <csv.h>

#include <optional>
#include <utility>

#include "jobs/import_rows.h"

namespace scrip::jobs {
namespace {

constexpr int page = 1'000;

void append_field(std::string& to, std::string_view text) {
  if (!to.empty() && to.back() != '\n') to += ',';
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) {
    to += text;
    return;
  }
  const std::size_t before = to.size();
  to.resize(before + 2 * text.size() + 2);
  to.resize(before + csv_write(to.data() + before, to.size() - before, text.data(), text.size()));
}

std::string instant(const std::optional<Micros>& at) {
  return at ? format_instant(*at) : std::string();
}

void append_row(std::string& to, const Coupon& coupon, const std::string& code) {
  const bool given = coupon.state != CouponState::available;
  append_field(to, code);
  append_field(to, name(coupon.state));
  append_field(to, coupon.user_id.value_or(""));
  append_field(to, coupon.subject.value_or(""));
  append_field(to, given ? format_instant(coupon.issued_at) : std::string());
  append_field(to, instant(coupon.expires_at));
  append_field(to, instant(coupon.redeemed_at));
  to += '\n';
}

}  // namespace

Result<void> export_coupons(const ExportSource& source, std::int64_t campaign, CouponFilter filter,
                            const std::function<bool(std::string_view)>& write) {
  std::string text;
  for (const std::string_view column : columns) append_field(text, column);
  text += '\n';
  if (!write(text)) return {};
  // Imported ones in the order of their file, so that it is the same when they are imported again.
  bool imported = true;
  for (std::optional<std::int64_t> from = 0; from;) {
    auto reader = source.reader();
    if (!reader) return reader.error();
    const auto catalog = source.catalog();
    const auto of = catalog->campaign(campaign);
    auto found = imported ? list_imported(**reader, *of, filter, *from, page, source.now)
                          : list_pool(**reader, catalog->book(), *of, filter, *from, page, source.now);
    if (!found) return found.error();
    text.clear();
    for (const auto& [coupon, code] : found->coupons) append_row(text, coupon, code);
    if (!text.empty() && !write(text)) return {};
    from = found->next;
    if (!from && std::exchange(imported, false)) from = 0;
  }
  return {};
}

}  // namespace scrip::jobs
