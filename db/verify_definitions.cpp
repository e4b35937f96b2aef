#include "db/verify_definitions.h"

#include <memory>
#include <utility>

namespace scrip {
namespace {

// What the code book takes for granted, since only the ledger writes these rows.
const char* objection_to(const CodeBatch& batch, const Definition& known,
                         const std::map<std::int64_t, std::int64_t>& room) {
  const auto format = room.find(batch.format);
  if (format == room.end()) return "has an unknown format";
  if (!known.knows(batch.campaign)) return "has an unknown campaign";
  if (known.campaigns.at(batch.campaign).format != batch.format) return "has another format than its campaign";
  if (batch.count < 1) return "is empty";
  if (batch.first_index != known.book.next_index(batch.format)) return "does not begin where the format's last ended";
  if (batch.first_serial != known.book.serials(batch.campaign)) return "does not begin where the campaign's last ended";
  if (batch.count > format->second - batch.first_index) return "is larger than its format";
  return nullptr;
}

}  // namespace

std::string Definition::name(std::int64_t campaign) const {
  const auto found = campaigns.find(campaign);
  return "campaign " + (found == campaigns.end() ? "number " + std::to_string(campaign) : found->second.id);
}

Definition verify_definitions(const Definitions& definitions, Findings& findings) {
  Definition known;
  const auto object = [&](const std::string& what, std::int64_t id) {
    findings.add(what, id, 0);
    known.sound = false;
  };
  std::map<std::int64_t, std::int64_t> room_of;
  std::map<std::int64_t, std::pair<std::string, Alphabet>> shape_of_format;
  for (const FormatRow& row : definitions.formats) {
    if (row.id < known.book.next_format_id() || shape_of(row.shape) != row.shape ||
        !check_pattern(row.shape, row.alphabet)) {
      object("code format " + std::to_string(row.id) + " makes no sense", row.id);
      continue;
    }
    known.book.add(std::make_shared<CodeFormat>(row.id, row.shape, row.alphabet, row.key));
    room_of[row.id] = room(row.shape, row.alphabet);
    shape_of_format[row.id] = {row.shape, row.alphabet};
  }
  for (const Campaign& campaign : definitions.campaigns) {
    known.campaigns[campaign.number] = campaign;
    const auto format = shape_of_format.find(campaign.format);
    if (format == shape_of_format.end() || format->second != std::pair(shape_of(campaign.pattern), campaign.alphabet)) {
      object(known.name(campaign.number) + ": its pattern does not fit its code format", campaign.format);
      continue;
    }
    known.book.set_pattern(campaign.number, campaign.pattern);
  }
  for (const CodeBatch& batch : definitions.batches) {
    if (const char* objection = objection_to(batch, known, room_of)) {
      object("code batch " + std::to_string(batch.id) + " " + objection, batch.id);
      continue;
    }
    known.book.add(batch);
  }
  return known;
}

}  // namespace scrip
