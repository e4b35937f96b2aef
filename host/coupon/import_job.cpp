#include "coupon/import_job.h"

#include <algorithm>

#include "coupon/campaign.h"

namespace scrip {

std::string_view name(ImportState state) {
  switch (state) {
    case ImportState::running:
      return "running";
    case ImportState::done:
      return "done";
    case ImportState::failed:
      return "failed";
  }
  return "";
}

std::optional<ImportState> parse_import_state(std::string_view text) {
  for (const ImportState state : {ImportState::running, ImportState::done, ImportState::failed}) {
    if (name(state) == text) return state;
  }
  return std::nullopt;
}

bool is_import_id(std::string_view id) {
  return is_campaign_id(id);
}

std::optional<double> ImportJob::progress() const {
  if (state == ImportState::done) return 1.0;
  if (!bytes_total) return std::nullopt;
  if (*bytes_total == 0) return 0.0;
  return std::min(1.0, static_cast<double>(bytes_read) / static_cast<double>(*bytes_total));
}

}  // namespace scrip
