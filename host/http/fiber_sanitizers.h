// What the sanitizers are told when a thread goes on with another stack; nothing without them.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace scrip::http {

#if defined(__SANITIZE_ADDRESS__)

// One side of a switch: the thread's own stack, or a fiber's.
struct SanitizedStack {
  const void* bottom = nullptr;  // a thread's own is learnt when it is left
  std::size_t size = 0;
  void* fake = nullptr;
};

inline void make_known(SanitizedStack& fiber, const void* bottom, std::size_t size) {
  fiber.bottom = bottom;
  fiber.size = size;
}
inline void use_of_thread(SanitizedStack&) {}
inline void forget(SanitizedStack&) {}

// Right before and right after the switch, in the code that leaves and in the code that goes on.
inline void before_switch(SanitizedStack& from, const SanitizedStack& to) {
  __sanitizer_start_switch_fiber(&from.fake, to.bottom, to.size);
}
inline void after_switch(const SanitizedStack& to, SanitizedStack& from) {
  __sanitizer_finish_switch_fiber(to.fake, &from.bottom, &from.size);
}
inline void forget_poison(void* bottom, std::size_t size) {
  __asan_unpoison_memory_region(bottom, size);
}

#elif defined(__SANITIZE_THREAD__)

struct SanitizedStack {
  void* fiber = nullptr;
};

inline void make_known(SanitizedStack& fiber, const void*, std::size_t) {
  fiber.fiber = __tsan_create_fiber(0);
}
inline void use_of_thread(SanitizedStack& thread) {
  thread.fiber = __tsan_get_current_fiber();
}
inline void forget(SanitizedStack& fiber) {
  __tsan_destroy_fiber(fiber.fiber);
}
inline void before_switch(SanitizedStack&, const SanitizedStack& to) {
  __tsan_switch_to_fiber(to.fiber, 0);
}
inline void after_switch(const SanitizedStack&, SanitizedStack&) {}
inline void forget_poison(void*, std::size_t) {}

#else

struct SanitizedStack {};
inline void make_known(SanitizedStack&, const void*, std::size_t) {}
inline void use_of_thread(SanitizedStack&) {}
inline void forget(SanitizedStack&) {}
inline void before_switch(SanitizedStack&, const SanitizedStack&) {}
inline void after_switch(const SanitizedStack&, SanitizedStack&) {}
inline void forget_poison(void*, std::size_t) {}

#endif

}  // namespace scrip::http
