#include <nlohmann/json.hpp>

#include "http/request.h"

namespace scrip::http {
namespace {

// "Sold out" of "sold_out".
std::string title_of(std::string_view code) {
  std::string title(code);
  for (char& c : title) {
    if (c == '_') c = ' ';
  }
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

// Joins JSON text that a rule made to an object's text as it is: re-reading it into a tree would
// recurse as deep as the rule nested it.
void add_member(std::string& object, std::string_view name, const std::string& json) {
  if (json.empty() || !nlohmann::json::accept(json)) return;
  object.pop_back();
  object.append(",\"").append(name).append("\":").append(json).append("}");
}

std::string problem_text(const Error& error, int status) {
  nlohmann::ordered_json problem;
  const std::string code(error.public_code());
  problem["type"] = "urn:scrip:error:" + code;
  problem["title"] = title_of(code);
  problem["status"] = status;
  problem["detail"] = error.message;
  problem["code"] = code;
  for (const FieldError& field : error.fields) {
    problem["errors"].push_back({{"field", field.field}, {"message", field.message}});
  }
  // A name that was refused for not being UTF-8 is shown with replacement characters.
  std::string text = problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  add_member(text, "context", error.detail);
  add_member(text, "trace", error.trace);
  return text;
}

}  // namespace

Response Response::json(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Response Response::problem(const Error& error) {
  return problem(error, http_status(error.code));
}

Response Response::problem(const Error& error, int status) {
  Response response = json(status, problem_text(error, status));
  response.content_type = "application/problem+json";
  if (error.retry_after_s > 0) response.with("Retry-After", std::to_string(error.retry_after_s));
  if (status == 401) response.with("WWW-Authenticate", "Bearer");
  return response;
}

Response& Response::with(std::string name, std::string value) & {
  headers.emplace_back(std::move(name), std::move(value));
  return *this;
}

Response&& Response::with(std::string name, std::string value) && {
  return std::move(with(std::move(name), std::move(value)));
}

}  // namespace scrip::http
