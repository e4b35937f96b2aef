// cpp-httplib's part of an exchange: it is fed a request, asks for the answer, and writes it as
// HTTP/1.1. The library sees a request line that we made, with what its answer depends on, and none of
// the client's headers: some of them reach its regular expressions (Range), its percent-decoding or its
// compression, all of which are ours to decide. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/request.h"

namespace scrip::http {

// One exchange as the protocol needs it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Called once. Must not throw.
  virtual Response answer() = 0;
  // Whether the connection goes on after the answer. Called after answer().
  virtual bool keep_alive() const = 0;
  virtual const std::string& request_id() const = 0;
  // Bytes for the client, several times when the answer is streamed. False when it is gone.
  virtual bool send(std::string_view bytes) = 0;
  // An exception left Response::stream; the connection is to be cut.
  virtual void stream_failed(const std::string& what) = 0;
};

class Protocol {
 public:
  // What the form of the answer depends on.
  struct RequestLine {
    bool head = false;  // HEAD gets no body
    bool http_1_0 = false;
  };

  Protocol();
  ~Protocol();

  // Runs the exchange to its end. False: the answer did not go out as a whole.
  bool serve(RequestLine line, Exchange& exchange);

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

}  // namespace scrip::http
