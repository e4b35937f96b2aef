// An accepted connection. It belongs to a loop for its whole life; while an exchange runs, that
// exchange alone touches the first part and the loop alone the second, so neither needs a lock.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "http/byte_queue.h"
#include "http/file_descriptor.h"
#include "http/head_scanner.h"
#include "http/incoming.h"

namespace scrip::http {

class Loop;

struct Connection {
  Loop* loop = nullptr;   // the one it belongs to
  FileDescriptor socket;  // non-blocking
  std::string remote_address;
  ByteQueue in;                        // arrived and not consumed
  bool ended = false;                  // the client sends no more
  std::unique_ptr<Incoming> incoming;  // the request that is being gathered or answered

  enum class State : std::uint8_t {
    head,       // a request's head is arriving, or the first one is awaited
    idle,       // between two requests
    body,       // a small body is arriving
    busy,       // an exchange runs
    lingering,  // the last answer is out, and our side is closed; the client shall read it
    closed,     // to be destroyed
  };
  static constexpr std::size_t states = 6;

  State state = State::head;
  std::list<Connection>::iterator self;  // in the loop's list of that state
  std::chrono::steady_clock::time_point deadline;
  HeadScanner scanner;
  bool readable = false;       // epoll said so, and recv() has not said otherwise since
  bool hung_up = false;        // epoll said that the client has ended its side
  bool ready = false;          // queued to be read in the loop's next round
  std::uint64_t answered = 0;  // requests

  int fd() const { return socket.get(); }
};

}  // namespace scrip::http
