// The policies' files, for an editor in the browser: what is on disk, an edit of it, and what the set
// would be like with files that are not written yet. Nothing here puts anything in force.
#include <algorithm>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/given_files.h"
#include "api/show.h"
#include "coupon/text.h"
#include "policy/policy_file_edit.h"
#include "policy/policy_files.h"
#include "policy/sha256.h"

namespace scrip::api {
namespace {

// A file's bytes written as JSON escapes take six times as many.
constexpr std::size_t edit_limit = 6 * max_policy_file + 4096;

bool is_in_force(Service& service, const std::string& name, std::string_view text) {
  const auto active = service.ledger.policies();
  if (!active) return false;
  const auto& files = active->set->files();
  return std::any_of(files.begin(), files.end(),
                     [&](const PolicyFile& file) { return file.name == name && file.text == text; });
}

Json show(Service& service, const std::string& name, std::string_view text) {
  return {{"name", name},
          {"bytes", text.size()},
          {"sha256", sha256_of(text)},
          {"in_force", is_in_force(service, name, text)}};
}

http::Response list_files(Service& service) {
  const PolicyFiles read = service.reload.files();
  Json files = Json::array();
  for (const PolicyFile& file : read.files) {
    Json shown = show(service, file.name, file.text);
    const auto editable = service.reload.file(file.name);
    shown["editable"] = editable && *editable;
    files.push_back(std::move(shown));
  }
  return http::Response::json(200, Json{{"files", std::move(files)}, {"errors", show_errors(read.errors)}}.dump());
}

std::string name_of(const http::Request& request) {
  return request.capture("folder") + "/" + request.capture("name");
}

http::Response read(Service& service, http::Request& request) {
  const std::string name = name_of(request);
  auto text = service.reload.file(name);
  if (!text) return problem(text.error());
  if (!*text) return problem({.code = Code::not_found, .message = "There is no file " + name + "."});
  if (!is_utf8(**text)) return problem({.code = Code::invalid_policy, .message = name + " is not UTF-8."});
  Json body = show(service, name, **text);
  body["text"] = **text;
  const std::string tag = '"' + body["sha256"].get<std::string>() + '"';
  return http::Response::json(200, body.dump()).with("ETag", tag);
}

// The SHA-256 in If-Match; nullopt when If-None-Match: * says that the file is new.
Result<std::optional<std::string>> expected_by(const http::Request& request) {
  const auto present = request.header("If-Match");
  const auto absent = request.header("If-None-Match");
  if (absent && !present) {
    if (*absent == "*") return std::optional<std::string>();
    return invalid_field("If-None-Match", "must be * here, for a new file");
  }
  if (!present || absent) {
    return invalid_field("If-Match", "must be the ETag of what was edited, or If-None-Match: * for a new file");
  }
  std::string_view tag = *present;
  if (tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"')) tag = tag.substr(1, tag.size() - 2);
  const bool is_sha = tag.size() == 64 && tag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!is_sha) return invalid_field("If-Match", "must be the one ETag that the file was read with");
  return std::optional(std::string(tag));
}

http::Response write(Service& service, http::Request& request) {
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  auto text = fields.text("text", 0, max_policy_file, true);
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  auto expected = expected_by(request);
  if (!expected) return problem(expected.error());
  const PolicyFile file{name_of(request), std::move(*text)};
  if (auto written = service.reload.write(file, *expected); !written) return problem(written.error());
  const Json shown = show(service, file.name, file.text);
  const std::string tag = '"' + shown["sha256"].get<std::string>() + '"';
  return http::Response::json(200, shown.dump()).with("ETag", tag);
}

http::Response check(Service& service, http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const Json* list = fields.any("files");
  fields.finish();
  const std::vector<PolicyFile> over = list ? read_given_files(*list, errors) : std::vector<PolicyFile>();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  const Reload::Check checked = service.reload.check(over);
  if (!checked.errors.empty()) return invalid_policy("The policies would not be loaded: ", checked.errors);
  const auto active = service.ledger.policies();
  return http::Response::json(200, Json{{"revision", checked.revision},
                                        {"in_force", active && active->set->revision() == checked.revision},
                                        {"tests", checked.tests}}
                                       .dump());
}

}  // namespace

void add_policy_files(http::Router& router, Service& service) {
  using enum http::Method;
  const auto add = [&](http::Method method, std::string pattern, std::size_t limit, http::Handler handler) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = http::Access::operator_only,
                .handler = std::move(handler),
                .body_limit = limit});
  };
  const std::string one = "/api/v1/policies/files/{folder}/{name}";
  add(get, "/api/v1/policies/files", 0, [&](http::Request&) { return list_files(service); });
  add(get, one, 0, [&](http::Request& request) { return read(service, request); });
  add(put, one, edit_limit, [&](http::Request& request) { return write(service, request); });
  add(post, "/api/v1/policies/check", given_files_limit,
      [&](http::Request& request) { return check(service, request); });
}

}  // namespace scrip::api
