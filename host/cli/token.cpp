#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/output.h"
#include "coupon/coupon.h"
#include "http/tokens.h"

namespace scrip::cli {
namespace {

struct TokenArguments {
  std::filesystem::path data;
  std::string subject;
  std::string role;
  std::chrono::microseconds ttl = http::Tokens::default_ttl;
  std::string secret_file;
  bool json = false;
};

// The file that the server which runs on this data takes, if one does.
Result<std::filesystem::path> secret_file(const TokenArguments& given) {
  if (!given.secret_file.empty()) return std::filesystem::path(given.secret_file);
  const auto data = DataDirectory::make(given.data);
  if (!data) return data.error();
  const auto server = data->server();
  if (server && *server && !(**server).secret_file.empty()) return (**server).secret_file;
  return std::filesystem::path(data->secret());
}

Result<std::string> make_token(const TokenArguments& given) {
  if (!is_user_id(given.subject)) return {Code::invalid_request, "--sub is 1 to 128 bytes without control characters"};
  const auto file = secret_file(given);
  if (!file) return file.error();
  auto secret = http::Tokens::load_or_make_secret(*file);
  if (!secret) return secret;
  return http::Tokens(std::move(*secret))
      .make({.subject = given.subject, .role = *parse_role(given.role)},
            std::chrono::duration_cast<std::chrono::seconds>(given.ttl));
}

std::string check_ttl(const std::string& text) {
  const auto ttl = parse_duration(text);
  return !ttl || *ttl >= std::chrono::seconds(1) ? std::string() : "a token lasts a second at least";
}

}  // namespace

int token(int argc, char** argv) {
  CLI::App command("Make a token for the API", "scrip token");
  TokenArguments given;
  add_data(command, given.data);
  command.add_option("--sub", given.subject, "Whom it stands for")->required()->type_name("NAME");
  command.add_option("--role", given.role, "What it may do")
      ->required()
      ->check(CLI::IsMember({"user", "service", "operator"}).description(""))
      ->type_name("user|service|operator");
  add_time(command, "--ttl", given.ttl, "How long it is good")->check(check_ttl);
  command.add_option("--secret-file", given.secret_file, "The secret, instead of the data directory's")
      ->type_name("FILE");
  add_json(command, given.json);
  if (const auto status = parse(command, argc, argv)) return *status;

  const auto made = make_token(given);
  if (!made) return fail(made.error());
  return print((given.json ? nlohmann::json{{"token", *made}}.dump() : *made) + "\n");
}

}  // namespace scrip::cli
