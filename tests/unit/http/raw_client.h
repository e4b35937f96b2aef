// A client that sends exactly what a test says, byte by byte if it likes, and reads answers as they
// are on the wire. Every wait ends after a while, so that a broken server fails a test and does not
// hang it.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "http/file_descriptor.h"

namespace scrip::http {

struct RawAnswer {
  int status = 0;
  std::string version;                         // "HTTP/1.1"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // with its chunks joined
  bool complete = false;                       // framed as announced, and all of it came

  std::string header(const std::string& name) const;
  bool keeps_alive() const { return header("connection") != "close"; }
};

// Of a refusal's body.
inline std::string code_of(const RawAnswer& answer) {
  return nlohmann::json::parse(answer.body).at("code");
}

class RawClient {
 public:
  explicit RawClient(int port, int receive_buffer = 0);
  RawClient(FileDescriptor socket, int port);  // which is not connected yet
  static FileDescriptor make_socket();

  // False when the server no longer takes it.
  bool send(std::string_view bytes);
  void end() const;    // sends no more, but still reads
  void reset() const;  // is gone without a word

  // The next answer; its status is 0 when the connection ended instead. `to_head`: it was asked for
  // with HEAD, so no body comes.
  RawAnswer read(bool to_head = false);
  // Some bytes as they are on the wire; "" at the end.
  std::string read_some();
  // Bytes as they are, until `end` is the last of them or the connection ends.
  std::string read_until(std::string_view end);
  // Whether the server ends the connection without another byte.
  bool is_closed();

 private:
  void connect(int port);
  bool receive();
  std::optional<std::string> line();
  bool read_chunks(std::string& body);

  mutable FileDescriptor socket_;
  std::string buffer_;
};

}  // namespace scrip::http
