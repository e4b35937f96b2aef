#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "http/tokens.h"

using namespace scrip;
using namespace scrip::http;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "scrip-secret-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const char* name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write(const std::string& path, const std::string& text, mode_t mode) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
}

}  // namespace

TEST_CASE("the secret is made once, for its owner alone") {
  const Folder folder;
  const std::string path = folder.file("secret");
  const auto made = Tokens::load_or_make_secret(path);
  REQUIRE(made);
  CHECK(made->size() >= 32);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(*Tokens::load_or_make_secret(path) == *made);
  CHECK(*Tokens::load_or_make_secret(folder.file("other")) != *made);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);  // nothing left beside
}

TEST_CASE("threads that start at once get one secret") {
  const Folder folder;
  std::array<std::string, 8> secrets;
  {
    std::vector<std::thread> threads;
    for (auto& secret : secrets) {
      threads.emplace_back([&] {
        auto made = Tokens::load_or_make_secret(folder.file("secret"));
        secret = made ? *made : made.error().message;
      });
    }
    for (auto& thread : threads) thread.join();
  }
  CHECK(std::set<std::string>(secrets.begin(), secrets.end()).size() == 1);
}

TEST_CASE("secrets that others could know or guess are refused by name") {
  const Folder folder;
  const std::string path = folder.file("secret");
  const std::string text(32, 's');
  write(path, text + "\n", 0600);
  CHECK(*Tokens::load_or_make_secret(path) == text);

  struct Case {
    std::string text;
    mode_t mode;
  };
  const std::vector<Case> cases{{text, 0640}, {text, 0604}, {text, 0620},
                                {text, 0666}, {"", 0600},   {std::string(31, 's') + "\n", 0600}};
  for (const Case& each : cases) {
    write(path, each.text, each.mode);
    INFO(std::oct << each.mode << " " << each.text);
    const auto secret = Tokens::load_or_make_secret(path);
    REQUIRE(!secret);
    CHECK(secret.error().message.starts_with(path + ": "));
  }
  CHECK(!Tokens::load_or_make_secret(folder.path()));
  CHECK(!Tokens::load_or_make_secret(folder.file("no/such/folder")));
}
