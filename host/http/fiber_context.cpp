#include "http/fiber_context.h"

#include <boost/context/detail/fcontext.hpp>
#include <exception>
#include <utility>

namespace scrip::http {

using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

struct FiberContext::Start {
  static void run(transfer_t from) {
    auto& self = *static_cast<FiberContext*>(from.data);
    self.outside_ = from.fctx;
    after_switch(self.sanitized_inside_, self.sanitized_outside_);
    self.body_(self.argument_);
    std::terminate();  // there is nothing to return to
  }
};

FiberContext::FiberContext(FiberStack stack, Body body, void* argument)
    : stack_(std::move(stack)),
      body_(body),
      argument_(argument),
      inside_(make_fcontext(stack_.top(), FiberStack::size, &Start::run)) {
  make_known(sanitized_inside_, stack_.bottom(), FiberStack::size);
}

FiberContext::~FiberContext() {
  forget(sanitized_inside_);
}

void FiberContext::enter() {
  exceptions_.swap_with_threads();
  use_of_thread(sanitized_outside_);
  before_switch(sanitized_outside_, sanitized_inside_);
  inside_ = jump_fcontext(inside_, this).fctx;
  after_switch(sanitized_outside_, sanitized_inside_);
  exceptions_.swap_with_threads();
}

void FiberContext::leave() {
  before_switch(sanitized_inside_, sanitized_outside_);
  outside_ = jump_fcontext(outside_, this).fctx;
  after_switch(sanitized_inside_, sanitized_outside_);
}

}  // namespace scrip::http
