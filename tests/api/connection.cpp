#include "connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace scrip::test {
namespace {

constexpr timeval patience{.tv_sec = 60, .tv_usec = 0};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

Connection::Connection(const std::string& url) : port_(std::stoi(url.substr(url.rfind(':') + 1))) {
  connect();
}

void Connection::connect() {
  buffer_.clear();
  socket_ = http::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the server under test");
  }
}

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Connection::receive() {
  std::array<char, 64 * 1024> piece;
  ssize_t count = 0;
  // A process that was stopped and goes on finds its call interrupted.
  do count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("the server does not answer");
  if (count <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> Connection::take(std::size_t size) {
  while (buffer_.size() < size) {
    if (!receive()) return std::nullopt;
  }
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return taken;
}

std::optional<std::string> Connection::take_line() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!receive()) return std::nullopt;
  }
  auto line = take(end + 2);
  line->resize(end);
  return line;
}

std::optional<std::string> Connection::take_chunks() {
  std::string body;
  for (;;) {
    const auto size = take_line();
    if (!size) return std::nullopt;
    const auto chunk = take(std::stoul(*size, nullptr, 16));
    if (!chunk || !take_line()) return std::nullopt;
    if (chunk->empty()) return body;
    body += *chunk;
  }
}

Answer Connection::read(bool to_head) {
  Answer answer;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return answer;
  }
  const std::string head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  answer.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t stop = head.find("\r\n", at);
    const std::string line = head.substr(at, stop - at);
    const std::size_t colon = line.find(':');
    std::size_t value = colon + 1;
    while (value < line.size() && line[value] == ' ') ++value;
    answer.headers[lower(line.substr(0, colon))] = line.substr(value);
    at = stop + 2;
  }
  if (answer.status < 200) return read(to_head);  // 100 Continue
  const bool chunked = answer.header("transfer-encoding") == "chunked";
  const std::string length = answer.header("content-length");
  auto body = to_head ? std::string() : chunked ? take_chunks() : take(length.empty() ? 0 : std::stoul(length));
  if (!body) return Answer{};
  answer.body = std::move(*body);
  if (answer.header("connection") == "close") socket_ = http::FileDescriptor();
  return answer;
}

Answer Connection::call(const std::string& bytes) {
  if (socket_.get() < 0) connect();
  // A server that refuses early may close before all of a large body is gone; its answer is there.
  send(bytes);
  return read(bytes.starts_with("HEAD "));
}

}  // namespace scrip::test
