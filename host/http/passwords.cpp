#include "http/passwords.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "coupon/text.h"
#include "ops/parking.h"

namespace scrip::http {
namespace {

constexpr std::size_t min_characters = 8;
constexpr std::size_t max_bytes = 72;
constexpr int niceness = 10;

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// No password has this hash: nobody computed it from one. It only takes as long as a real one.
std::string hash_of_nobody(int cost) {
  const std::string digits = std::to_string(cost);
  return "$2b$" + (digits.size() == 1 ? "0" + digits : digits) + "$" + std::string(22, '.') + std::string(31, 'u');
}

// What crypt(3) makes of the password under the setting; "" when it refuses the setting.
std::string crypt(const std::string& password, const std::string& setting, crypt_data& state) {
  const char* const made = ::crypt_r(password.c_str(), setting.c_str(), &state);
  return made && made[0] != '*' ? made : "";
}

bool same(const std::string& a, const std::string& b) {
  return a.size() == b.size() && !a.empty() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Result<void> check_password(std::string_view password) {
  if (!is_utf8(password) || password.find('\0') != std::string_view::npos) {
    return invalid_field("password", "must be text");
  }
  if (characters(password) < min_characters) return invalid_field("password", "must have at least 8 characters");
  if (password.size() > max_bytes) return invalid_field("password", "must have at most 72 bytes");
  return {};
}

// What a caller waits for; on its stack.
struct PasswordPool::Call {
  std::string password;
  std::string setting;  // a hash, or what begins one
  std::string made;
  Parking* caller = nullptr;
};

PasswordPool::PasswordPool(int cost, std::size_t threads, std::size_t queued)
    : cost_(std::clamp(cost, 4, 31)), max_queued_(queued), nobodys_hash_(hash_of_nobody(cost_)) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) threads_.emplace_back([this] { work(); });
}

PasswordPool::~PasswordPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Result<void> PasswordPool::run(Call& call) {
  call.caller = &Parking::current();
  {
    const std::lock_guard lock(mutex_);
    if (calls_.size() >= max_queued_) {
      return Error{.code = Code::overloaded, .message = "too many sign-ins at once", .retry_after_s = 1};
    }
    calls_.push_back(&call);
  }
  wake_.notify_one();
  call.caller->park();
  return {};
}

void PasswordPool::work() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
  const auto state = std::make_unique<crypt_data>();  // 32 KiB
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !calls_.empty(); });
    if (stopping_) return;
    Call& call = *calls_.front();
    calls_.pop_front();
    lock.unlock();
    call.made = crypt(call.password, call.setting, *state);
    call.caller->unpark();  // the call is gone after this
    lock.lock();
  }
}

Result<std::string> PasswordPool::hash(std::string_view password) {
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  const auto cost = static_cast<unsigned long>(cost_);
  // Without random bytes given it takes the kernel's.
  if (!::crypt_gensalt_rn("$2b$", cost, nullptr, 0, setting.data(), static_cast<int>(setting.size()))) {
    return {Code::internal, "cannot make a salt"};
  }
  Call call{.password = std::string(password), .setting = setting.data(), .made = {}};
  if (auto ran = run(call); !ran) return std::move(ran.error());
  if (call.made.empty()) return {Code::internal, "cannot hash the password"};
  return std::move(call.made);
}

Result<bool> PasswordPool::verify(std::string_view password, std::string_view hash) {
  // bcrypt would take a longer password, or one with a NUL in it, for what it begins with.
  const bool possible = password.size() <= max_bytes && password.find('\0') == std::string_view::npos && !hash.empty();
  Call call{.password = std::string(possible ? password : "nobody"),
            .setting = possible ? std::string(hash) : nobodys_hash_,
            .made = {}};
  if (auto ran = run(call); !ran) return std::move(ran.error());
  return possible && same(call.made, call.setting);
}

}  // namespace scrip::http
