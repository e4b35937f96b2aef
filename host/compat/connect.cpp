#include "compat/connect.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "api/call.h"
#include "compat/connect_codec.h"
#include "compat/connect_error.h"
#include "compat/gzip.h"
#include "http/ascii.h"

namespace scrip::compat {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Deadline = std::optional<SteadyClock::time_point>;

constexpr std::string_view encodings = "gzip, identity";
constexpr std::size_t worth_compressing = 1'024;  // bytes

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> check_version(const http::Request& request) {
  const auto version = request.header("Connect-Protocol-Version");
  if (!version || *version == "1") return {};
  return {Code::invalid_request, "Connect-Protocol-Version must be 1"};
}

Result<Deadline> deadline_of(const http::Request& request) {
  constexpr std::size_t max_digits = 10;
  const auto header = request.header("Connect-Timeout-Ms");
  if (!header) return Deadline();
  if (!is_digits(*header) || header->size() > max_digits) {
    return {Code::invalid_request, "Connect-Timeout-Ms must be a number of at most 10 digits"};
  }
  std::int64_t ms = 0;
  std::from_chars(header->data(), header->data() + header->size(), ms);
  return Deadline(request.began + std::chrono::milliseconds(ms));
}

Result<void> check_deadline(const Deadline& deadline) {
  if (!deadline || SteadyClock::now() < *deadline) return {};
  return {Code::deadline_exceeded, "the time that Connect-Timeout-Ms gives is over"};
}

// A quality of 0 ("0", "0.000") is a refusal.
bool is_refusal(std::string_view parameters) {
  const bool quality = http::same_name(http::trim(http::take_until(parameters, '=')), "q");
  return quality && parameters.find_first_of("123456789") == std::string_view::npos;
}

// What is said of gzip by its name counts before what is said of all that is not named.
bool accepts_gzip(const http::Request& request) {
  bool others = false;
  for (std::string_view list = request.header("Accept-Encoding").value_or(""); !list.empty();) {
    std::string_view element = http::take_until(list, ',');
    const std::string_view coding = http::trim(http::take_until(element, ';'));
    if (http::same_name(coding, "gzip")) return !is_refusal(element);
    if (coding == "*") others = !is_refusal(element);
  }
  return others;
}

Result<void> read_message(http::Request& request, Codec codec, bool gzipped, google::protobuf::Message& message) {
  const auto body = request.body();
  if (!body) return body.error();
  if (!gzipped || body->empty()) return decode(codec, *body, message);
  const auto text = gunzip(*body, request.body_limit());
  return text ? decode(codec, *text, message) : Result<void>(text.error());
}

http::Response write_message(const http::Request& request, Codec codec, const google::protobuf::Message& message) {
  http::Response response = http::Response::json(200, encode(codec, message));
  response.content_type = content_type(codec);
  if (response.body.size() < worth_compressing || !accepts_gzip(request)) return response;
  std::string compressed = gzip(response.body);
  if (compressed.size() >= response.body.size()) return response;
  response.body = std::move(compressed);
  return std::move(response).with("Content-Encoding", "gzip");
}

http::Response unsupported_content_type() {
  const std::string types = "application/json, application/proto";
  constexpr int unsupported_media_type = 415;
  return connect_error(ConnectCode::unknown, "the content type must be one of " + types, unsupported_media_type)
      .with("Accept-Post", types);
}

http::Response unsupported_encoding(std::string_view encoding) {
  const std::string message = "the content encoding " + std::string(encoding) + " is none of " + std::string(encodings);
  return connect_error(ConnectCode::unimplemented, message).with("Accept-Encoding", std::string(encodings));
}

http::Response wrong_verb(http::Request&) {
  constexpr int method_not_allowed = 405;
  return connect_error(ConnectCode::unknown, "a call is a POST", method_not_allowed).with("Allow", "POST");
}

http::Response no_such_method(http::Request&) {
  constexpr int not_found = 404;
  return connect_error(ConnectCode::unimplemented, "there is no such method", not_found);
}

void add_for_all(http::Router& router, const std::string& pattern, const http::Handler& handler, bool with_post) {
  using enum http::Method;
  for (const http::Method method : {get, head, put, patch, delete_, options, other, post}) {
    if (method == post && !with_post) continue;
    router.add({.method = method,
                .pattern = pattern,
                .access = http::Access::everyone,
                .handler = handler,
                .on_loop = true,
                .refuse = connect_error});
  }
}

}  // namespace

http::Response connect_unary(http::Request& request, google::protobuf::Message& message,
                             google::protobuf::Message& response,
                             const std::function<Result<void>(const ConnectCall&)>& method) {
  const auto codec = parse_codec(request.header("Content-Type").value_or(""));
  if (!codec) return unsupported_content_type();
  if (auto version = check_version(request); !version) return connect_error(version.error());
  const auto deadline = deadline_of(request);
  if (!deadline) return connect_error(deadline.error());
  const std::string_view encoding = request.header("Content-Encoding").value_or("identity");
  const bool gzipped = http::same_name(encoding, "gzip");
  if (!gzipped && !encoding.empty() && !http::same_name(encoding, "identity")) return unsupported_encoding(encoding);
  // Before the body: who gives no time is answered without it.
  if (auto in_time = check_deadline(*deadline); !in_time) return connect_error(in_time.error());
  if (auto read = read_message(request, *codec, gzipped, message); !read) return connect_error(read.error());
  if (auto in_time = check_deadline(*deadline); !in_time) return connect_error(in_time.error());
  if (auto done = method({.http = request, .deadline = *deadline}); !done) {
    return connect_error(api::shown(done.error()));
  }
  return write_message(request, *codec, response);
}

void add_connect_route(http::Router& router, http::Route route) {
  add_for_all(router, route.pattern, wrong_verb, false);
  route.method = http::Method::post;
  route.refuse = connect_error;
  router.add(std::move(route));
}

void add_connect_service(http::Router& router, const std::string& path) {
  add_for_all(router, path + "/{method}", no_such_method, true);
}

}  // namespace scrip::compat
