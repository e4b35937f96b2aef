// One connection to the server under test. Sends exactly the bytes that a test says and shows an
// answer with its headers. Every wait ends after a while, so that a server that hangs fails a test.
// One thread at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/file_descriptor.h"

namespace scrip::test {

struct Answer {
  int status = 0;                              // 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
};

class Connection {
 public:
  // `url`: "http://127.0.0.1:PORT".
  explicit Connection(const std::string& url);

  // False when the server no longer takes it.
  bool send(std::string_view bytes);
  // `to_head`: it was asked for with HEAD, so no body comes.
  Answer read(bool to_head = false);

  // Sends a request and reads its answer; connects anew when the server closed after the last one.
  Answer call(const std::string& bytes);

 private:
  void connect();
  bool receive();
  // Takes so many bytes off what comes; nullopt: the connection ended before.
  std::optional<std::string> take(std::size_t size);
  std::optional<std::string> take_line();
  std::optional<std::string> take_chunks();

  int port_ = 0;
  http::FileDescriptor socket_;
  std::string buffer_;
};

}  // namespace scrip::test
