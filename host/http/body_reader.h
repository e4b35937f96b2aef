// A request's body as it comes from the wire, whichever way it is framed.
#pragma once

#include <cstdint>
#include <optional>

#include "http/chunked.h"
#include "http/head.h"
#include "http/request.h"
#include "http/wire.h"

namespace scrip::http {

class BodyReader final : public BodySource {
 public:
  BodyReader(const Head& head, Connection& connection, Wire& wire);

  // Asks a client that waits for it to send the body (100 Continue) when first called.
  Result<std::size_t> read(char* to, std::size_t size) override;

  // Whether nothing of the body is left to come.
  bool at_end() const;

  // Drops what has arrived and was not read, and says whether that was all of it: only then can the
  // connection be used for another request. Never waits.
  bool finish();

 private:
  Result<std::size_t> read_length(char* to, std::size_t size);
  Result<std::size_t> read_chunked(char* to, std::size_t size);
  void invite();
  Error fail(Error error);

  const Head& head_;
  Connection& connection_;
  Wire& wire_;
  std::uint64_t left_;  // with Framing::length
  ChunkedDecoder decoder_;
  bool invited_ = false;
  std::optional<Error> error_;
};

}  // namespace scrip::http
