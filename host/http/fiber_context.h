// The switch between a thread's own stack and another one. It belongs to the thread that first
// enters it and never goes on elsewhere: compilers keep the addresses of thread-locals, errno among
// them, over a call that comes back.
#pragma once

#include "http/exceptions_in_flight.h"
#include "http/fiber_sanitizers.h"
#include "http/fiber_stack.h"

namespace scrip::http {

class FiberContext {
 public:
  using Body = void (*)(void* argument);

  // `body` runs at the first enter(), must not throw, and never returns.
  FiberContext(FiberStack stack, Body body, void* argument);
  // Precondition: not entered, and nothing on its stack waits for its destructor.
  ~FiberContext();
  FiberContext(const FiberContext&) = delete;
  FiberContext& operator=(const FiberContext&) = delete;

  // Goes on with the body until it leaves. From the thread's own stack.
  void enter();
  // By the body: goes back to who has entered it, until the next enter().
  void leave();

  std::size_t stack_touched() const { return stack_.touched(); }

 private:
  // Boost.Context's lowest layer. What it has above it allocates for each fiber, and ends one that
  // is suspended with an exception.
  using Place = void*;  // boost::context::detail::fcontext_t
  struct Start;

  const FiberStack stack_;
  const Body body_;
  void* const argument_;
  Place inside_;                   // where the body goes on
  Place outside_ = nullptr;        // where who entered goes on
  ExceptionsInFlight exceptions_;  // of the side that does not run
  SanitizedStack sanitized_inside_;
  SanitizedStack sanitized_outside_;
};

}  // namespace scrip::http
