// Policy files that a request brings along, to be checked or replayed before anybody writes them.
#pragma once

#include <vector>

#include "api/body.h"
#include "api/service.h"
#include "policy/policy_files.h"

namespace scrip::api {

// Of a body that brings them, in bytes.
inline constexpr std::size_t given_files_limit = 4 * max_policy_file;

// [{"name","text"}]: at most 512, each once, named as files of a set are. What is wrong with them goes
// to `errors`, at "files[i].name".
std::vector<PolicyFile> read_given_files(const Json& list, std::vector<FieldError>& errors);

// The members "files" and "base" of a body: a set that is tried and not put in force.
struct GivenSet {
  std::vector<PolicyFile> files;
  bool alone = false;  // the files are the whole set; else they are put over those on disk
};
GivenSet read_given_set(Fields& fields, std::vector<FieldError>& errors);

// Compiled, without running its tests.
CompiledSet compile(Service& service, const GivenSet& given);

}  // namespace scrip::api
