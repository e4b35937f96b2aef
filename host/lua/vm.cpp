#include "lua/vm.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "lua/line_coverage.h"
#include "lua/utf8.h"

namespace scrip {
namespace {

// Count hooks come every so many instructions: a few microseconds apart.
constexpr int instructions_per_tick = 1000;

// A run is stopped when its time is over *and* it has done some work: a decision takes a few
// hundred instructions, so one that is late after so few was kept waiting by the machine, and
// refusing the customer for that would be wrong.
constexpr int ticks_before_timeout = 5;

// Slots of the main stack that stay.
constexpr int error_handler = 1;
constexpr int entrance = 2;

constexpr std::size_t longest_message = 1000;

// What this thread has taken of the processor.
std::chrono::nanoseconds thread_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::string limit_text(std::int64_t time_us) {
  if (time_us % 1'000'000 == 0) return std::to_string(time_us / 1'000'000) + " s";
  if (time_us % 1'000 == 0) return std::to_string(time_us / 1'000) + " ms";
  return std::to_string(time_us) + " us";
}

std::string limit_text(std::size_t bytes) {
  if (bytes % (1024 * 1024) == 0) return std::to_string(bytes / (1024 * 1024)) + " MiB";
  if (bytes % 1024 == 0) return std::to_string(bytes / 1024) + " KiB";
  return std::to_string(bytes) + " bytes";
}

// The index in "=#12", as push_chunk names its chunks.
bool parse_source(std::string_view text, std::size_t& index) {
  if (!text.starts_with('#')) return false;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, index);
  return error == std::errc() && stop == end;
}

bool lua_frame(lua_State* L, int level, Vm::Place& place) {
  lua_Debug frame;
  if (!lua_getstack(L, level, &frame) || !lua_getinfo(L, "Sl", &frame)) return false;
  std::size_t source = 0;
  if (frame.currentline < 1 || !parse_source(frame.source + 1, source)) return false;
  place = {source, frame.currentline};
  return true;
}

}  // namespace

std::string Vm::Failure::text() const {
  if (file.empty()) return message;
  return to_string(PolicyError{file, line, message});
}

std::unique_ptr<Vm> Vm::create(Sources sources, LineCoverage* coverage) {
  std::unique_ptr<Vm> vm(new Vm(std::move(sources), coverage));
  lua_State* L = vm->state_ = lua_newstate(&Vm::allocate, vm.get());
  if (!L) return nullptr;
  // Count hooks do not fire in compiled traces, so nothing may be compiled.
  if (luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF) == 0) return nullptr;
  lua_pushcfunction(L, &Vm::on_error);
  lua_pushcfunction(L, &Vm::trampoline);
  if (coverage) {
    lua_sethook(L, &Vm::on_count_or_line, LUA_MASKCOUNT | LUA_MASKLINE, instructions_per_tick);
  } else {
    lua_sethook(L, &Vm::on_count, LUA_MASKCOUNT, instructions_per_tick);
  }
  vm->settled_ = vm->used_;
  return vm;
}

Vm::~Vm() {
  if (state_) lua_close(state_);
}

Vm& Vm::of(lua_State* L) {
  void* vm = nullptr;
  lua_getallocf(L, &vm);
  return *static_cast<Vm*>(vm);
}

void* Vm::allocate(void* vm, void* block, std::size_t old_size, std::size_t new_size) {
  Vm& self = *static_cast<Vm*>(vm);
  if (new_size == 0) {
    self.used_ -= old_size;
    std::free(block);
    return nullptr;
  }
  if (new_size > old_size && (self.used_ > self.cap_ || new_size - old_size > self.cap_ - self.used_)) {
    self.aborted_ = Stop::memory;
    return nullptr;
  }
  void* const moved = std::realloc(block, new_size);
  if (moved) {
    self.used_ = self.used_ - old_size + new_size;
  } else {
    self.aborted_ = Stop::memory;
  }
  return moved;
}

PolicyError Vm::start_of(int function, std::string message) const {
  PolicyError error{"", 0, std::move(message)};
  lua_Debug about;
  std::size_t source = 0;
  lua_rawgeti(state_, LUA_REGISTRYINDEX, function);
  if (lua_getinfo(state_, ">S", &about) && parse_source(about.source + 1, source) && source < sources_->size()) {
    error.file = (*sources_)[source].name;
    error.line = about.linedefined;
  }
  return error;
}

bool Vm::enter(Budget budget, Body body, void* callable) {
  if (spent_) return false;
  lua_State* const L = state_;
  body_ = body;
  callable_ = callable;
  budget_ = budget;
  ticks_ = 0;
  aborted_ = Stop::none;
  failure_.stop = Stop::none;
  deadline_ = Clock::now() + std::chrono::microseconds(budget.time_us);
  if (budget.own_time) began_ = thread_time();
  lua_pushvalue(L, entrance);
  const int status = lua_pcall(L, 0, 0, error_handler);
  cap_ = std::numeric_limits<std::size_t>::max();
  // Not the status alone: whoever swallowed the error of an abort has not undone the abort.
  if (status != 0 || aborted_ != Stop::none) note_failure(status);
  lua_settop(L, entrance);
  return failure_.stop == Stop::none;
}

int Vm::trampoline(lua_State* L) {
  Vm& vm = of(L);
  // LuaJIT has no emergency collection, so what earlier runs left behind must not count for this
  // one. The threshold makes a full collection rare.
  if (vm.used_ > vm.settled_ + vm.budget_.memory / 2) {
    lua_gc(L, LUA_GCCOLLECT, 0);
    vm.settled_ = vm.used_;
  }
  vm.cap_ = vm.used_ + vm.budget_.memory;
  vm.body_(L, vm.callable_);
  return 0;
}

void Vm::note_failure(int status) {
  if (status == LUA_ERRMEM && aborted_ == Stop::none) aborted_ = Stop::memory;
  if (aborted_ == Stop::memory) {
    failure_ = {.stop = Stop::memory, .message = "used more than " + limit_text(budget_.memory) + " of memory"};
  } else if (failure_.stop == Stop::none) {
    // The handler did not run: the stack had no room for it.
    failure_ = {.stop = Stop::error};
    std::size_t size = 0;
    const char* text = lua_type(state_, -1) == LUA_TSTRING ? lua_tolstring(state_, -1, &size) : nullptr;
    locate(text ? std::string_view(text, size) : "an error without a message", failure_);
  }
  if (aborted_ != Stop::none) {
    failure_.stop = aborted_;
    spent_ = true;
  }
}

// Splits "#12:34: message".
void Vm::locate(std::string_view message, Failure& failure) const {
  const std::size_t colon = message.find(':');
  const std::size_t end = colon == std::string_view::npos ? colon : message.find(": ", colon + 1);
  std::size_t source = 0;
  int line = 0;
  if (end != std::string_view::npos && parse_source(message.substr(0, colon), source) && source < sources_->size() &&
      std::from_chars(message.data() + colon + 1, message.data() + end, line).ptr == message.data() + end) {
    failure.file = (*sources_)[source].name;
    failure.line = line;
    message.remove_prefix(end + 2);
  }
  failure.message = to_utf8(message.substr(0, longest_message));
}

// Runs on the stack of the error, so it can say where the error was even when the message does not.
int Vm::on_error(lua_State* L) {
  Vm& vm = of(L);
  Failure& failure = vm.failure_;
  failure = {.stop = Stop::error};
  Place place;
  for (int level = 0; level < 20 && !lua_frame(L, level, place); ++level) {
  }
  if (place.source < vm.sources_->size()) {
    failure.file = (*vm.sources_)[place.source].name;
    failure.line = place.line;
  }
  switch (lua_type(L, 1)) {
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, 1, &size);
      vm.locate({text, size}, failure);
      break;
    }
    case LUA_TNUMBER: {
      // Not lua_tolstring, which would want memory.
      std::array<char, 32> number{};
      std::snprintf(number.data(), number.size(), "%.14g", lua_tonumber(L, 1));
      failure.message = number.data();
      break;
    }
    default:
      failure.message = std::string("an error that is a ") + luaL_typename(L, 1);
  }
  return 1;
}

void Vm::on_count(lua_State* L, lua_Debug*) {
  Vm& vm = of(L);
  ++vm.ticks_;
  if (vm.ticks_ >= ticks_before_timeout) check_time(L);
}

void Vm::on_count_or_line(lua_State* L, lua_Debug* event) {
  if (event->event != LUA_HOOKLINE) return on_count(L, event);
  std::size_t source = 0;
  if (!lua_getinfo(L, "S", event) || !parse_source(event->source + 1, source)) return;
  of(L).coverage_->ran(source, event->currentline);
}

double Vm::time_left(lua_State* L) {
  const Vm& vm = of(L);
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(vm.deadline_ - Clock::now()).count();
  return std::max(0.0, static_cast<double>(left) / static_cast<double>(std::max<std::int64_t>(vm.budget_.time_us, 1)));
}

// Whether what others took of the clock's time is given back.
bool Vm::postpone_deadline() {
  if (!budget_.own_time) return false;
  const auto left = std::chrono::microseconds(budget_.time_us) - (thread_time() - began_);
  if (left <= std::chrono::nanoseconds::zero()) return false;
  deadline_ = Clock::now() + left;
  return true;
}

void Vm::check_time(lua_State* L) {
  Vm& vm = of(L);
  if (vm.aborted_ == Stop::none && (Clock::now() < vm.deadline_ || vm.postpone_deadline())) return;
  if (vm.aborted_ == Stop::none) vm.aborted_ = Stop::timeout;
  const std::string message = "ran longer than " + limit_text(vm.budget_.time_us);
  lua_pushlstring(L, message.data(), message.size());
  lua_error(L);
}

void Vm::push_chunk(lua_State* L, std::size_t source) {
  const std::string name = "=#" + std::to_string(source);
  const std::string& text = (*sources_)[source].text;
  // "t": bytecode is not memory-safe, whoever wrote it.
  if (luaL_loadbufferx(L, text.data(), text.size(), name.c_str(), "t") != 0) lua_error(L);
  lua_pushvalue(L, -2);
  lua_setfenv(L, -2);
}

void Vm::raise_at(lua_State* L, const Place& place, const std::string& message) {
  const std::string located = "#" + std::to_string(place.source) + ":" + std::to_string(place.line) + ": " + message;
  lua_pushlstring(L, located.data(), located.size());
  lua_error(L);
  __builtin_unreachable();
}

Vm::Place Vm::caller(lua_State* L) {
  Place place;
  for (int level = 1; level < 20 && !lua_frame(L, level, place); ++level) {
  }
  return place;
}

}  // namespace scrip
