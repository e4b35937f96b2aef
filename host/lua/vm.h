// One Lua virtual machine: a heap with a cap, a clock, and the one door through which Lua code is
// run. Knows nothing of policies; sandbox.h decides what code in here can reach.
//
// One thread at a time. A VM that ran out of time or memory is *spent*: whatever it was doing was
// torn off in the middle, so it must be thrown away.
//
// C++ frames between Lua and us are unwound like by an exception when Lua raises an error (LuaJIT
// on x86-64 with external unwinding; a test holds it to that), so code in here may own strings.
// It must not be noexcept.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "lua/lua_api.h"
#include "policy/policy_set.h"

namespace scrip {

class LineCoverage;

// The files that a VM may load, shared by all VMs of a set.
using Sources = std::shared_ptr<const std::vector<PolicyFile>>;

class Vm {
 public:
  // Null when LuaJIT cannot work on an allocator of ours (a build without GC64 cannot): no policy
  // may run then, because nothing would cap its memory. `coverage`, if any, outlives the VM and is
  // told of every line that runs.
  static std::unique_ptr<Vm> create(Sources sources, LineCoverage* coverage = nullptr);
  ~Vm();
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;

  // What a run may use: time, and heap beyond what the VM holds when it starts.
  struct Budget {
    std::int64_t time_us = 0;
    std::size_t memory = 0;
    bool own_time = false;  // false: by the clock; true: the thread's own, whatever others take of the processor
  };

  enum class Stop : std::uint8_t { none, error, timeout, memory };

  // Why the last run did not finish. `file` and `line` are of the innermost Lua code, where known.
  struct Failure {
    Stop stop = Stop::none;
    std::string file;
    int line = 0;
    std::string message;
    std::string text() const;  // "file:line: message"
  };

  // Runs body(lua_State*), which may raise Lua errors; its stack is dropped when it returns. False
  // when it did not finish: see failure(). Not reentrant.
  template <class Body>
  bool run(Budget budget, Body&& body) {
    using Callable = std::remove_reference_t<Body>;
    return enter(
        budget, [](lua_State* L, void* callable) { (*static_cast<Callable*>(callable))(L); },
        const_cast<void*>(static_cast<const void*>(&body)));
  }

  const Failure& failure() const { return failure_; }

  // A message about a function, given as a reference in the registry: where it begins.
  PolicyError start_of(int function, std::string message) const;

  bool spent() const { return spent_; }

  const std::vector<PolicyFile>& sources() const { return *sources_; }

  // Inside a run ------------------------------------------------------------------------------

  // The VM that code is running in.
  static Vm& of(lua_State* L);

  // Compiles a source as text and pushes the function, with the table on top of the stack as its
  // environment (which stays). Raises a syntax error. The chunk is not run.
  void push_chunk(lua_State* L, std::size_t source);

  // For C functions that may work long: raises the time-out when it is due.
  static void check_time(lua_State* L);

  // What share of the run's time is left, 1 to 0.
  static double time_left(lua_State* L);

  // Where the Lua code is that called the running C function: its source's index and line.
  struct Place {
    std::size_t source = std::numeric_limits<std::size_t>::max();
    int line = 0;
  };
  static Place caller(lua_State* L);

  // What the loader that is at work wants C functions to find; not owned.
  void* context = nullptr;

  // Where a file's own word (plugin, policy, test) was last read. The call that follows is nearly
  // always a tail call (`return policy { ... }`), which leaves no trace of where it came from.
  Place word;

  // Raises an error at a place.
  [[noreturn]] static void raise_at(lua_State* L, const Place& place, const std::string& message);

 private:
  using Body = void (*)(lua_State*, void*);
  using Clock = std::chrono::steady_clock;

  Vm(Sources sources, LineCoverage* coverage) : sources_(std::move(sources)), coverage_(coverage) {}

  bool enter(Budget budget, Body body, void* callable);
  bool postpone_deadline();
  void note_failure(int status);
  void locate(std::string_view message, Failure& failure) const;

  static void* allocate(void* vm, void* block, std::size_t old_size, std::size_t new_size);
  static void on_count(lua_State* L, lua_Debug*);
  static void on_count_or_line(lua_State* L, lua_Debug* event);
  static int on_error(lua_State* L);
  static int trampoline(lua_State* L);

  const Sources sources_;
  LineCoverage* const coverage_;
  lua_State* state_ = nullptr;

  std::size_t used_ = 0;
  std::size_t cap_ = std::numeric_limits<std::size_t>::max();
  std::size_t settled_ = 0;  // the heap after the last full collection

  Body body_ = nullptr;
  void* callable_ = nullptr;
  Budget budget_;
  Clock::time_point deadline_;
  std::chrono::nanoseconds began_{};  // by the thread's own time
  int ticks_ = 0;                     // count hooks since the run began
  Stop aborted_ = Stop::none;
  Failure failure_;
  bool spent_ = false;
};

}  // namespace scrip
