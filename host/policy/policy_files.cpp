#include "policy/policy_files.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>

#include "coupon/text.h"

namespace scrip {
namespace {

namespace fs = std::filesystem;

bool by_name(const PolicyFile& a, const PolicyFile& b) {
  return a.name < b.name;
}

// At most one byte more than is allowed, so that a huge file costs nothing to refuse.
std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(max_policy_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

void read_directory(const fs::path& directory, const std::string& prefix, PolicyFiles& into) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) {
    into.errors.push_back({prefix, 0, "cannot read the directory " + directory.string() + ": " + error.message()});
    return;
  }
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string leaf = entries->path().filename().string();
    if (leaf.starts_with('.') || !leaf.ends_with(".lua")) continue;
    const std::string name = prefix + "/" + leaf;
    if (name == "plugins/types.lua") continue;
    std::error_code unreadable;
    if (!entries->is_regular_file(unreadable)) {
      into.errors.push_back({name, 0, unreadable ? "cannot be read: " + unreadable.message() : "is not a file"});
      continue;
    }
    auto text = read_file(entries->path());
    if (!text) {
      into.errors.push_back({name, 0, "cannot be read"});
      continue;
    }
    PolicyFile file{name, std::move(*text)};
    if (auto refused = check_policy_file(file)) {
      into.errors.push_back(std::move(*refused));
    } else {
      into.files.push_back(std::move(file));
    }
  }
  if (error) into.errors.push_back({prefix, 0, "cannot read the directory: " + error.message()});
}

}  // namespace

PolicyFiles read_policy_files(const fs::path& scripts, const fs::path& plugins) {
  PolicyFiles read;
  read_directory(plugins, "plugins", read);
  read_directory(scripts, "scripts", read);
  std::sort(read.files.begin(), read.files.end(), by_name);
  std::sort(read.errors.begin(), read.errors.end(),
            [](const PolicyError& a, const PolicyError& b) { return a.file < b.file; });
  return read;
}

std::optional<PolicyError> check_policy_file(const PolicyFile& file) {
  if (!is_utf8(file.name) || has_control_character(file.name)) {
    return PolicyError{"a policy file", 0, "its name is not plain UTF-8"};
  }
  if (file.text.size() > max_policy_file) return PolicyError{file.name, 0, "is larger than 1 MiB"};
  if (file.text.starts_with('\x1b')) return PolicyError{file.name, 0, "is bytecode; a policy file is text"};
  if (!is_utf8(file.text)) {
    // The line of the first byte that is wrong: the longest prefix of whole lines that is right.
    int line = 1;
    std::string_view rest = file.text;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos && is_utf8(rest.substr(0, end));
         end = rest.find('\n')) {
      rest.remove_prefix(end + 1);
      ++line;
    }
    return PolicyError{file.name, line, "is not UTF-8"};
  }
  return std::nullopt;
}

std::optional<PolicyFileKind> kind_of(const PolicyFile& file) {
  const bool plugin = file.name.starts_with("plugins/");
  if ((!plugin && !file.name.starts_with("scripts/")) || !file.name.ends_with(".lua")) return std::nullopt;
  if (file.name.ends_with("_test.lua")) return PolicyFileKind::test;
  return plugin ? PolicyFileKind::plugin : PolicyFileKind::script;
}

void put_over(PolicyFiles& read, const std::vector<PolicyFile>& edited) {
  for (const PolicyFile& file : edited) {
    std::erase_if(read.files, [&](const PolicyFile& other) { return other.name == file.name; });
    std::erase_if(read.errors, [&](const PolicyError& error) { return error.file == file.name; });
    read.files.push_back(file);
  }
  std::sort(read.files.begin(), read.files.end(), by_name);
}

std::string revision_of(const std::vector<PolicyFile>& files) {
  std::vector<const PolicyFile*> sorted;
  for (const PolicyFile& file : files) sorted.push_back(&file);
  std::sort(sorted.begin(), sorted.end(), [](const PolicyFile* a, const PolicyFile* b) { return by_name(*a, *b); });

  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sha(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(sha.get(), EVP_sha256(), nullptr);
  for (const PolicyFile* file : sorted) {
    const std::string size = std::to_string(file->text.size());
    // With the terminating NUL of each.
    EVP_DigestUpdate(sha.get(), file->name.c_str(), file->name.size() + 1);
    EVP_DigestUpdate(sha.get(), size.c_str(), size.size() + 1);
    EVP_DigestUpdate(sha.get(), file->text.data(), file->text.size());
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(sha.get(), digest.data(), &length);

  return hexadecimal({digest.data(), length});
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace scrip
