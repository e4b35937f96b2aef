#include "cli/notice.h"

#include <poll.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/output.h"
#include "ops/log.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

std::string text_at(const Json& data, const char* pointer) {
  const Json::json_pointer at(pointer);
  return data.contains(at) && data[at].is_string() ? data[at].get<std::string>() : std::string();
}

// 'user=minji', quoted where it has to be: what stands behind the message of a log line.
std::string field(std::string_view key, const std::string& value) {
  const std::string line = format_log_line(LogLevel::info, "-", {{key, value}});
  return line.substr(line.find(std::string(key) + "="));
}

}  // namespace

Notice notice_of(const Event& event) {
  const Json data = Json::parse(event.data, nullptr, false);
  if (!data.is_object()) return {};
  return {.user_id = text_at(data, "/coupon/user_id"),
          .code = text_at(data, "/coupon/code"),
          .text = text_at(data, "/notice")};
}

std::string notice_line(const Notice& notice) {
  std::string text = notice.text;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return "notice " + field("user", notice.user_id) + " " + field("code", notice.code) + " " + text;
}

void NoticeOutput::write(const std::string& line) {
  constexpr int patience_ms = 200;
  pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  // Writable means that a pipe takes a page at least, and so a line of ours whole.
  stuck_ = ::poll(&output, 1, stuck_ ? 0 : patience_ms) <= 0 || output.revents != POLLOUT;
  if (!stuck_) print(line + "\n");
}

}  // namespace scrip::cli
