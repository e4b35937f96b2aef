#include "raw_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "http/ascii.h"

namespace scrip::http {
namespace {

constexpr timeval patience{.tv_sec = 30, .tv_usec = 0};

}  // namespace

std::string RawAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

FileDescriptor RawClient::make_socket() {
  return FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

RawClient::RawClient(int port, int receive_buffer) : socket_(make_socket()) {
  if (receive_buffer > 0) ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  connect(port);
}

RawClient::RawClient(FileDescriptor socket, int port) : socket_(std::move(socket)) {
  connect(port);
}

void RawClient::connect(int port) {
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the server under test");
  }
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::end() const {
  ::shutdown(socket_.get(), SHUT_WR);
}

void RawClient::reset() const {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  socket_ = FileDescriptor();
}

bool RawClient::receive() {
  std::array<char, 16 * 1024> piece;
  const ssize_t count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("the server does not answer");
  if (count <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::read_some() {
  if (buffer_.empty() && !receive()) return "";
  return std::exchange(buffer_, {});
}

std::string RawClient::read_until(std::string_view end) {
  std::string read;
  while (!read.ends_with(end)) {
    const std::string more = read_some();
    if (more.empty()) break;
    read += more;
  }
  return read;
}

bool RawClient::is_closed() {
  return buffer_.empty() && !receive();
}

// Without its CRLF.
std::optional<std::string> RawClient::line() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!receive()) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

bool RawClient::read_chunks(std::string& body) {
  for (;;) {
    const auto size_line = line();
    if (!size_line) return false;
    const std::size_t size = std::stoul(*size_line, nullptr, 16);
    while (buffer_.size() < size + 2) {
      if (!receive()) return false;
    }
    body += buffer_.substr(0, size);
    if (buffer_.substr(size, 2) != "\r\n") return false;
    buffer_.erase(0, size + 2);
    if (size == 0) return true;
  }
}

RawAnswer RawClient::read(bool to_head) {
  RawAnswer answer;
  const auto status_line = line();
  if (!status_line || status_line->size() < 12) return answer;
  answer.version = status_line->substr(0, 8);
  answer.status = std::stoi(status_line->substr(9, 3));
  for (auto header = line(); header && !header->empty(); header = line()) {
    std::string name = header->substr(0, header->find(':'));
    std::transform(name.begin(), name.end(), name.begin(), to_lower);
    answer.headers[name] = trim(header->substr(name.size() + 1));
  }
  const bool without_body = to_head || answer.status == 204 || answer.status == 304 || answer.status < 200;
  if (without_body) {
    answer.complete = true;
  } else if (answer.header("transfer-encoding") == "chunked") {
    answer.complete = read_chunks(answer.body);
  } else if (!answer.header("content-length").empty()) {
    const std::size_t size = std::stoul(answer.header("content-length"));
    while (buffer_.size() < size && receive()) {
    }
    answer.complete = buffer_.size() >= size;
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
  } else {
    while (receive()) {
    }
    answer.complete = true;
    answer.body = std::exchange(buffer_, {});
  }
  return answer;
}

}  // namespace scrip::http
