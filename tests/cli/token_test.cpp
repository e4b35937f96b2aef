#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "http/tokens.h"
#include "scratch.h"

using namespace scrip;
using namespace scrip::test;

namespace {

http::Tokens tokens_of(const std::string& secret_file) {
  auto secret = http::Tokens::load_or_make_secret(secret_file);
  REQUIRE(secret);
  return http::Tokens(*secret);
}

}  // namespace

TEST_CASE("a token says who and what, with the secret that the first one made") {
  const Scratch scratch;
  const std::string service = token(scratch, "service");
  const std::string user = token(scratch, "user");
  const http::Tokens tokens = tokens_of(scratch.data() + "/secret");
  REQUIRE(tokens.verify(service));
  CHECK(tokens.verify(service)->subject == "tester");
  CHECK(tokens.verify(service)->role == Role::service);
  REQUIRE(tokens.verify(user));
  CHECK(tokens.verify(user)->role == Role::user);
}

TEST_CASE("a token is made with another secret when one is named") {
  const Scratch scratch;
  const Finished made = run({"token", "--data", scratch.data(), "--secret-file", scratch / "key", "--sub", "ann",
                             "--role", "user", "--json"});
  REQUIRE(made.status == 0);
  const std::string text = nlohmann::json::parse(made.out)["token"];
  CHECK(tokens_of(scratch / "key").verify(text));
  CHECK_FALSE(std::filesystem::exists(scratch.data()));
}

TEST_CASE("a server takes the tokens of its own secret file") {
  const Scratch scratch;
  Running server(scratch.serve({"--secret-file", scratch / "key"}));
  const std::string url = await_url(server);
  REQUIRE(!url.empty());
  // Without being told: the server says which secret it uses.
  CHECK(get(url, "/api/v1/me", token(scratch)).find("\"tester\"") != std::string::npos);
}

TEST_CASE("a secret that others may read is refused") {
  const Scratch scratch;
  scratch.write("key", std::string(40, 'x'));
  std::filesystem::permissions(scratch / "key", std::filesystem::perms(0644));
  const Finished refused = run({"token", "--secret-file", scratch / "key", "--sub", "ann", "--role", "user"});
  CHECK(refused.status == 1);
  CHECK(refused.err.find("chmod 600") != std::string::npos);
}
