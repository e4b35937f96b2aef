// The file that holds the secret of the tokens.
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "http/file_descriptor.h"
#include "http/tokens.h"

namespace scrip::http {
namespace {

constexpr std::size_t max_file = 4096;

Error failure(const std::string& path, const std::string& why) {
  return {.code = Code::internal, .message = path + ": " + why};
}

Error failure(const std::string& path) {
  return failure(path, std::strerror(errno));
}

Result<std::string> read_secret(const std::string& path, const FileDescriptor& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(path);
  if (!S_ISREG(status.st_mode)) return failure(path, "is not a file");
  if ((status.st_mode & 077) != 0) return failure(path, "others may read or write it; chmod 600 it");
  std::string secret(max_file, '\0');
  const ssize_t size = ::read(file.get(), secret.data(), secret.size());
  if (size < 0) return failure(path);
  secret.resize(static_cast<std::size_t>(size));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < Tokens::min_secret) return failure(path, "the secret is shorter than 32 bytes");
  return secret;
}

Result<std::string> random_secret(const std::string& path) {
  std::array<unsigned char, 32> bytes{};
  if (::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return failure(path, "no random bytes");
  std::array<unsigned char, 48> base64{};
  const int size = ::EVP_EncodeBlock(base64.data(), bytes.data(), static_cast<int>(bytes.size()));
  return std::string(base64.begin(), base64.begin() + size);
}

bool sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const FileDescriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return open && ::fsync(open.get()) == 0;
}

bool write_durably(const FileDescriptor& file, const std::string& text) {
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
         ::fsync(file.get()) == 0;
}

// Written beside and then linked: the name appears with its content or not at all, and if somebody
// else was first, link() says so.
Result<void> make_secret(const std::string& path) {
  const auto secret = random_secret(path);
  if (!secret) return secret.error();
  std::string beside = path + ".XXXXXX";
  const FileDescriptor file(::mkostemp(beside.data(), O_CLOEXEC));  // mode 0600
  if (!file) return failure(path);
  const bool made =
      write_durably(file, *secret + "\n") && (::link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const Error why = failure(path);
  ::unlink(beside.c_str());
  if (!made) return why;
  return sync_folder_of(path) ? Result<void>() : Result<void>(failure(path));
}

}  // namespace

Result<std::string> Tokens::load_or_make_secret(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) {
    if (auto made = make_secret(path); !made) return std::move(made.error());
    file = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  if (!file) return failure(path);
  return read_secret(path, file);
}

}  // namespace scrip::http
