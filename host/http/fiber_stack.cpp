#include "http/fiber_stack.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>

#include "http/fiber_sanitizers.h"

namespace scrip::http {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t guard = page;

}  // namespace

std::optional<FiberStack> FiberStack::make() {
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE;
  void* const memory = ::mmap(nullptr, guard + size, PROT_NONE, flags, -1, 0);
  if (memory == MAP_FAILED) return std::nullopt;
  FiberStack stack(static_cast<char*>(memory) + guard);
  if (::mprotect(stack.bottom(), size, PROT_READ | PROT_WRITE) != 0) return std::nullopt;
  return stack;
}

FiberStack::~FiberStack() {
  if (bottom_ == nullptr) return;
  forget_poison(bottom_, size);
  ::munmap(bottom_ - guard, guard + size);
}

std::size_t FiberStack::touched() const {
  std::array<unsigned char, size / page> resident{};
  if (::mincore(bottom_, size, resident.data()) != 0) return size;
  const auto lowest = std::find_if(resident.begin(), resident.end(), [](unsigned char in) { return (in & 1) != 0; });
  return static_cast<std::size_t>(resident.end() - lowest) * page;
}

}  // namespace scrip::http
