#include "api/named_revision.h"

#include <algorithm>

namespace scrip::api {

Result<RevisionRow> named_revision(Reader& reader, std::string text, const std::string& field) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  const bool is_prefix = text.size() >= shortest_revision && text.size() <= whole_revision &&
                         text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_prefix) return invalid_field(field, "must be a revision, or its first digits: 8 to 64 of 0-9 and a-f");
  auto rows = reader.revisions_like(text, 2);
  if (!rows) return rows.error();
  if (rows->empty()) return {Code::not_found, "No revision " + text + " was ever accepted."};
  if (rows->size() > 1) return invalid_field(field, "begins more than one revision; give more of its digits");
  return std::move(rows->front());
}

}  // namespace scrip::api
