// A stack for code that may be suspended: address space with a page below it that nobody may touch,
// so that an overflow is a crash and not somebody else's data. Only pages that were touched cost
// memory.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

namespace scrip::http {

class FiberStack {
 public:
  // Sanitized code has frames of several times the size.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr std::size_t size = 1024 * 1024;  // bytes that may be used
#else
  static constexpr std::size_t size = 256 * 1024;
#endif

  // nullopt: the system gives no more memory, or no more mappings (vm.max_map_count).
  static std::optional<FiberStack> make();

  FiberStack(FiberStack&& other) noexcept : bottom_(std::exchange(other.bottom_, nullptr)) {}
  FiberStack& operator=(FiberStack&&) = delete;
  ~FiberStack();

  char* bottom() const {
    return bottom_;
  }
  char* top() const {
    return bottom_ + size;
  }

  // The most bytes that were ever used, rounded up to pages.
  std::size_t touched() const;

 private:
  explicit FiberStack(char* bottom) : bottom_(bottom) {}
  char* bottom_;
};

}  // namespace scrip::http
