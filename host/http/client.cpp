#include "http/client.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "http/ascii.h"
#include "http/host_port.h"

namespace scrip::http {
namespace {

std::optional<Code> code_of(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    if (name(static_cast<Code>(i)) == text) return static_cast<Code>(i);
  }
  return std::nullopt;
}

std::string text_member(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Answer to_answer(httplib::Response& response) {
  return {.status = response.status,
          .content_type = response.get_header_value("Content-Type"),
          .body = std::move(response.body)};
}

}  // namespace

Error Answer::error() const {
  Error error{.code = Code::internal, .message = "the server answered " + std::to_string(status)};
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  if (!problem.is_object()) return error;
  const std::string code = text_member(problem, "code");
  if (code.empty()) return error;
  error.code = code_of(code).value_or(Code::denied);
  if (error.code == Code::denied) error.denied_as = code;
  error.message = text_member(problem, "detail");
  const auto fields = problem.find("errors");
  if (fields == problem.end() || !fields->is_array()) return error;
  for (const auto& field : *fields) {
    if (field.is_object()) error.fields.push_back({text_member(field, "field"), text_member(field, "message")});
  }
  return error;
}

class Client::Impl {
 public:
  Impl(const std::string& url, const ClientOptions& options) : url_(url), client_(url) {
    client_.set_connection_timeout(options.connect_time);
    client_.set_read_timeout(options.progress_time);
    client_.set_write_timeout(options.progress_time);
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_url_encode(false);
    if (!options.token.empty()) client_.set_bearer_token_auth(options.token);
  }

  bool is_valid() const { return client_.is_valid(); }

  Result<Answer> send(const char* method, const std::string& path, const std::string* json,
                      const std::string& key = "") {
    httplib::Request request;
    request.method = method;
    request.path = path;
    if (json) {
      request.body = *json;
      request.set_header("Content-Type", "application/json");
    }
    if (!key.empty()) request.set_header("Idempotency-Key", key);
    return finish(client_.send(request));
  }

  Result<Answer> upload(const std::string& path, const std::string& content_type, const Source& source,
                        std::optional<std::size_t> size) {
    std::optional<Error> failed;
    const auto provide = [&](std::size_t, httplib::DataSink& sink) {
      std::array<char, 64 * 1024> piece;
      auto count = source(piece.data(), piece.size());
      if (!count) {
        failed = std::move(count.error());
        return false;
      }
      if (*count == 0) {
        sink.done();
        return true;
      }
      return sink.write(piece.data(), *count);
    };
    const auto provide_all = [&](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
      std::array<char, 64 * 1024> piece;
      auto count = source(piece.data(), std::min(piece.size(), length));
      if (count && *count == 0)
        count = Error{.code = Code::internal, .message = "there was less to send than was said"};
      if (!count) {
        failed = std::move(count.error());
        return false;
      }
      static_cast<void>(offset);
      return sink.write(piece.data(), *count);
    };
    auto result = size ? client_.Post(path, httplib::Headers(), *size, provide_all, content_type)
                       : client_.Post(path, httplib::Headers(), provide, content_type);
    if (failed) return std::move(*failed);
    return finish(std::move(result));
  }

  Result<Answer> download(const std::string& path, const Target& target) {
    std::optional<Error> failed;
    int status = 0;
    std::string refusal;
    const auto begin = [&](const httplib::Response& response) {
      status = response.status;
      return true;
    };
    const auto take = [&](const char* bytes, std::size_t size) {
      if (status < 200 || status >= 300) {
        refusal.append(bytes, size);
        return true;
      }
      auto taken = target({bytes, size});
      if (!taken) failed = std::move(taken.error());
      return !failed;
    };
    auto result = client_.Get(path, begin, take);
    if (failed) return std::move(*failed);
    auto answer = finish(std::move(result));
    if (answer) answer->body = std::move(refusal);
    return answer;
  }

 private:
  Result<Answer> finish(httplib::Result result) {
    if (result) return to_answer(*result);
    switch (result.error()) {
      case httplib::Error::Connection:
        return {Code::internal, "cannot connect to " + url_};
      case httplib::Error::ConnectionTimeout:
        return {Code::request_timeout, url_ + " does not answer"};
      case httplib::Error::SSLConnection:
      case httplib::Error::SSLLoadingCerts:
      case httplib::Error::SSLServerVerification:
        return {Code::internal, "the certificate of " + url_ + " is not trusted"};
      default:
        return {Code::internal, "the connection to " + url_ + " broke"};
    }
  }

  std::string url_;
  httplib::Client client_;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::open(const std::string& url, const ClientOptions& options) {
  const Error bad{.code = Code::invalid_request, .message = "'" + url + "' is no URL such as http://127.0.0.1:8080"};
  std::string_view authority = url;
  if (!authority.starts_with("http://") && !authority.starts_with("https://")) return bad;
  authority.remove_prefix(authority.find("//") + 2);
  if (authority.ends_with('/')) authority.remove_suffix(1);
  if (authority.empty() || authority.find_first_of("/?#@ ") != std::string_view::npos) return bad;
  const bool names_port = authority.rfind(':') + 1 > authority.rfind(']') + 1;  // npos + 1 is 0
  if (names_port && !parse_host_port(authority)) return bad;
  try {  // the library may throw for what it cannot read
    auto impl = std::make_unique<Impl>(url.ends_with('/') ? url.substr(0, url.size() - 1) : url, options);
    if (!impl->is_valid()) return bad;
    return Client(std::move(impl));
  } catch (const std::exception&) {
    return bad;
  }
}

Result<Answer> Client::get(const std::string& path) {
  return impl_->send("GET", path, nullptr);
}
Result<Answer> Client::post(const std::string& path, const std::string& json, const std::string& key) {
  return impl_->send("POST", path, &json, key);
}
Result<Answer> Client::put(const std::string& path, const std::string& json) {
  return impl_->send("PUT", path, &json);
}
Result<Answer> Client::patch(const std::string& path, const std::string& json) {
  return impl_->send("PATCH", path, &json);
}
Result<Answer> Client::remove(const std::string& path) {
  return impl_->send("DELETE", path, nullptr);
}

Result<Answer> Client::upload(const std::string& path, const std::string& content_type, const Source& source,
                              std::optional<std::size_t> size) {
  return impl_->upload(path, content_type, source, size);
}

Result<Answer> Client::download(const std::string& path, const Target& target) {
  return impl_->download(path, target);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool alphanumeric = (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
    if (alphanumeric || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
  }
  return encoded;
}

}  // namespace scrip::http
