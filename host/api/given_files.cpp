#include "api/given_files.h"

#include <algorithm>

#include "policy/policy_file_edit.h"

namespace scrip::api {
namespace {

constexpr std::size_t most_files = 512;

}  // namespace

std::vector<PolicyFile> read_given_files(const Json& list, std::vector<FieldError>& errors) {
  std::vector<PolicyFile> files;
  if (!list.is_array() || list.size() > most_files) {
    errors.push_back({"files", "must be a list of at most " + std::to_string(most_files) + " files"});
    return files;
  }
  for (const Json& entry : list) {
    const std::string path = "files[" + std::to_string(files.size()) + "]";
    Fields fields(entry, path, errors);
    PolicyFile& file = files.emplace_back();
    file.name = fields.text("name", 1, 128, true).value_or("");
    file.text = fields.text("text", 0, max_policy_file, true).value_or("");
    fields.finish();
    const std::size_t slash = file.name.find('/');
    if (!kind_of(file) || !is_editable_name(file.name.substr(slash + 1)) || file.name == "plugins/types.lua") {
      errors.push_back({path + ".name", "must be scripts/NAME.lua or plugins/NAME.lua"});
    }
    const auto is_same = [&](const PolicyFile& other) { return other.name == file.name; };
    if (std::any_of(files.begin(), files.end() - 1, is_same)) errors.push_back({path + ".name", "is there twice"});
  }
  return files;
}

}  // namespace scrip::api
