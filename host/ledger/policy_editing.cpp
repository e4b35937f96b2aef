// The files of the policies as an operator edits them: what Reload does beside reloading.
#include <algorithm>

#include "ledger/fitting.h"
#include "ledger/reload.h"
#include "policy/policy_file_edit.h"
#include "policy/sha256.h"

namespace scrip {

Reload::Check Reload::check(const std::vector<PolicyFile>& over) const {
  PolicyFiles read = files();
  put_over(read, over);
  CompiledSet compiled = compile_(std::move(read.files), limits_);
  Check check{.tests = compiled.tests.size(), .errors = std::move(read.errors)};
  std::move(compiled.errors.begin(), compiled.errors.end(), std::back_inserter(check.errors));
  if (!compiled.set) return check;
  check.revision = compiled.set->revision();
  auto unfit = campaigns_that_do_not_fit(*compiled.set, *ledger_.catalog());
  std::move(unfit.begin(), unfit.end(), std::back_inserter(check.errors));
  return check;
}

PolicyFiles Reload::files() const {
  return read_policy_files(sources_.scripts, sources_.plugins);
}

Result<Reload::Place> Reload::place_of(const std::string& name) const {
  const std::size_t slash = name.find('/');
  const std::string folder = name.substr(0, slash);
  const std::string leaf = slash == std::string::npos ? "" : name.substr(slash + 1);
  const bool plugin = folder == "plugins";
  // That one is for editors of text, and no part of a set.
  if ((!plugin && folder != "scripts") || !is_editable_name(leaf) || name == "plugins/types.lua") {
    return {Code::not_found, "A policy file is scripts/NAME.lua or plugins/NAME.lua, NAME of a to z, 0 to 9 and _."};
  }
  return Place{plugin ? sources_.plugins : sources_.scripts, leaf};
}

Result<std::optional<std::string>> Reload::file(const std::string& name) const {
  auto place = place_of(name);
  if (!place) return std::move(place.error());
  return read_policy_file(place->folder, place->leaf);
}

Result<void> Reload::write(const PolicyFile& file, const std::optional<std::string>& expected) {
  auto place = place_of(file.name);
  if (!place) return std::move(place.error());
  if (auto refused = check_policy_file(file)) return invalid_field("text", refused->message);
  const std::lock_guard one(one_at_a_time_);
  auto present = read_policy_file(place->folder, place->leaf);
  if (!present) return std::move(present.error());
  const std::optional<std::string> found = *present ? std::optional(sha256_of(**present)) : std::nullopt;
  if (found != expected) {
    return {Code::policy_file_changed, expected ? "Somebody else has changed " + file.name + " since it was read."
                                                : "There is already a file " + file.name + "."};
  }
  return write_policy_file(place->folder, place->leaf, file.text);
}

}  // namespace scrip
