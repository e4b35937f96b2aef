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

GivenSet read_given_set(Fields& fields, std::vector<FieldError>& errors) {
  GivenSet given;
  if (const Json* list = fields.any("files")) given.files = read_given_files(*list, errors);
  const auto base = fields.text("base", 1, 16);
  if (base && *base != "disk" && *base != "none") {
    fields.refuse("base", "must be \"disk\" (the files are put over those on the server's disk) or \"none\"");
  }
  given.alone = base == "none";
  if (given.alone && given.files.empty()) fields.refuse("files", "must hold the whole set, as base is none");
  return given;
}

CompiledSet compile(Service& service, const GivenSet& given) {
  PolicyFiles read = given.alone ? PolicyFiles() : service.reload.files();
  put_over(read, given.files);
  CompiledSet compiled = service.compile_untested(std::move(read.files), service.policy_limits);
  compiled.errors.insert(compiled.errors.begin(), read.errors.begin(), read.errors.end());
  if (!compiled.errors.empty()) compiled.set.reset();
  return compiled;
}

}  // namespace scrip::api
