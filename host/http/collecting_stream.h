// The library's view of a connection: it reads one request's head, which is there already, and
// writes in small pieces that go out together.
#pragma once

#include <httplib.h>

#include <string>
#include <string_view>

#include "http/protocol.h"

namespace scrip::http {

class CollectingStream final : public httplib::Stream {
 public:
  CollectingStream(std::string_view head, Exchange& exchange);

  // Sends what was collected. False when the client is gone, now or before.
  bool flush();

  bool is_readable() const override { return true; }
  bool is_writable() const override { return open_; }
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  // The library copies addresses to headers that nobody reads.
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return -1; }

 private:
  std::string_view head_;
  std::size_t read_ = 0;  // of head_
  Exchange& exchange_;
  std::string out_;
  bool open_ = true;
};

}  // namespace scrip::http
