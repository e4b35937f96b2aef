// The HTTP client of the command line: calls another Scrip by its API. One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/error.h"

namespace scrip::http {

struct ClientOptions {
  std::string token;  // sent as a bearer token; may be empty
  std::chrono::milliseconds connect_time{5'000};
  std::chrono::milliseconds progress_time{60'000};  // for the next byte to come or go
};

// What the server said, whichever status it is.
struct Answer {
  int status = 0;
  std::string content_type;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  // Of an answer that is not ok(): the problem (RFC 9457) that its body describes, else one made of
  // the status.
  Error error() const;
};

class Client {
 public:
  // "http://127.0.0.1:8080", https likewise; no path. Connects with the first call.
  static Result<Client> open(const std::string& url, const ClientOptions& options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // `path` starts with '/' and is percent-encoded, with its query. All fail with internal, or
  // request_timeout, when no answer came; the message names the server.
  Result<Answer> get(const std::string& path);
  // `key`: the Idempotency-Key of a call that may have to be sent again; "" for none.
  Result<Answer> post(const std::string& path, const std::string& json, const std::string& key = "");
  Result<Answer> put(const std::string& path, const std::string& json);
  Result<Answer> patch(const std::string& path, const std::string& json);
  Result<Answer> remove(const std::string& path);

  // Up to `size` bytes; 0 at the end. An error ends the upload and is what upload() returns.
  using Source = std::function<Result<std::size_t>(char* to, std::size_t size)>;
  // A POST whose body goes out as it is read: of `size` bytes, or chunked when nobody knows.
  Result<Answer> upload(const std::string& path, const std::string& content_type, const Source& source,
                        std::optional<std::size_t> size = std::nullopt);

  // Each piece as it comes. An error ends the download and is what download() returns.
  using Target = std::function<Result<void>(std::string_view bytes)>;
  // A GET whose body goes to `target` when the status is 2xx, and to Answer::body otherwise.
  Result<Answer> download(const std::string& path, const Target& target);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// For a path's segments and a query's values: all but letters, digits and "-._~" escaped.
std::string percent_encode(std::string_view text);

}  // namespace scrip::http
