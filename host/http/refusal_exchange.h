// The bytes of an answer that needs no handler, written by the same protocol as all others.
#pragma once

#include <string>
#include <utility>

#include "http/protocol.h"

namespace scrip::http {

class RefusalExchange final : public Exchange {
 public:
  RefusalExchange(Response response, std::string request_id, bool keep_alive)
      : response_(std::move(response)), request_id_(std::move(request_id)), keep_alive_(keep_alive) {}

  // The whole answer; `line` matters for HEAD, which gets no body.
  std::string render(Protocol& protocol, Protocol::RequestLine line) {
    protocol.serve(line, *this);
    return std::move(bytes_);
  }

  Response answer() override { return std::move(response_); }
  bool keep_alive() const override { return keep_alive_; }
  const std::string& request_id() const override { return request_id_; }
  bool send(std::string_view bytes) override {
    bytes_.append(bytes);
    return true;
  }
  void stream_failed(const std::string&) override {}  // nothing is streamed

 private:
  Response response_;
  std::string request_id_;
  bool keep_alive_;
  std::string bytes_;
};

}  // namespace scrip::http
