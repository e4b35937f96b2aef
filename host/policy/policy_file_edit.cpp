#include "policy/policy_file_edit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "policy/policy_files.h"

namespace scrip {
namespace {

class File {
 public:
  explicit File(int number) : number_(number) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  const int number_;
};

// Of the last call that failed.
Error failure(const std::string& what) {
  const int why = errno;
  const bool forbidden = why == EACCES || why == EPERM || why == EROFS;
  return {.code = forbidden ? Code::forbidden : Code::storage_unavailable,
          .message = what + ": " + std::generic_category().message(why) + "."};
}

Result<void> write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(to, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("The file cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::string> read_all(int from) {
  std::string bytes(max_policy_file + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(from, bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("The file cannot be read");
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > max_policy_file) return Error{.code = Code::payload_too_large, .message = "The file is above 1 MiB."};
  bytes.resize(size);
  return bytes;
}

Result<void> sync(int file) {
  if (::fsync(file) != 0) return failure("The file cannot be written");
  return {};
}

// The permissions that the file has, so that replacing it does not change who may read it.
mode_t mode_of(int folder, const std::string& leaf) {
  struct stat status {};
  if (::fstatat(folder, leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return 0644;
  return status.st_mode & 0777;
}

}  // namespace

bool is_editable_name(std::string_view leaf) {
  constexpr std::string_view ending = ".lua";
  if (!leaf.ends_with(ending)) return false;
  leaf.remove_suffix(ending.size());
  return !leaf.empty() && leaf.size() <= 64 && std::all_of(leaf.begin(), leaf.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<std::optional<std::string>> read_policy_file(const std::filesystem::path& folder, const std::string& leaf) {
  // Nonblocking: opening a pipe would wait for who writes into it.
  const File file(::open((folder / leaf).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<std::string>();
  if (!file && errno != ELOOP) return failure("The file cannot be read");
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return invalid_field("name", "is a link, or no file");
  }
  auto bytes = read_all(file.get());
  if (!bytes) return std::move(bytes.error());
  return std::optional(std::move(*bytes));
}

Result<void> write_policy_file(const std::filesystem::path& folder, const std::string& leaf, std::string_view bytes) {
  const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return failure("The folder cannot be opened");
  // Hidden, so that it is no part of a set; what a crash has left of it is written over.
  const std::string draft = "." + leaf + ".new";
  if (::unlinkat(directory.get(), draft.c_str(), 0) != 0 && errno != ENOENT) {
    return failure("The file cannot be written");
  }
  const mode_t mode = mode_of(directory.get(), leaf);
  const File file(::openat(directory.get(), draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return failure("The file cannot be written");
  auto written = write_all(file.get(), bytes);
  if (written && ::fchmod(file.get(), mode) != 0) written = failure("The file cannot be written");
  if (written) written = sync(file.get());
  if (written && ::renameat(directory.get(), draft.c_str(), directory.get(), leaf.c_str()) != 0) {
    written = failure("The file cannot be replaced");
  }
  if (!written) {
    ::unlinkat(directory.get(), draft.c_str(), 0);
    return written;
  }
  return sync(directory.get());
}

}  // namespace scrip
