// The exceptions that a thread is handling right now, of which the C++ runtime keeps a list for each
// thread. Code that is suspended inside a catch block has to take its part of the list along, or the
// next fiber's exceptions would be mixed with it.
#pragma once

#include <cxxabi.h>

#include <cstring>

namespace scrip::http {

class ExceptionsInFlight {
 public:
  void swap_with_threads() {
    void* const threads = abi::__cxa_get_globals();
    Globals theirs;
    std::memcpy(&theirs, threads, sizeof theirs);
    std::memcpy(threads, &kept_, sizeof kept_);
    kept_ = theirs;
  }

 private:
  // Itanium C++ ABI: Exception Handling, 2.2.2.
  struct Globals {
    void* caught = nullptr;
    unsigned int uncaught = 0;
  };
  Globals kept_;
};

}  // namespace scrip::http
