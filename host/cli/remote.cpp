#include "cli/remote.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

#include "cli/data_directory.h"
#include "http/tokens.h"

namespace scrip::cli {
namespace {

Result<http::Client> connect_by_url(const std::string& url) {
  const char* const token = std::getenv("SCRIP_TOKEN");
  if (token == nullptr || *token == '\0') {
    return {Code::unauthenticated, "SCRIP_TOKEN is not set; scrip token --role operator makes one"};
  }
  return http::Client::open(url, {.token = token});
}

Result<http::Client> connect_by_data(const std::filesystem::path& path) {
  const auto data = DataDirectory::open(path);
  if (!data) return data.error();
  const auto server = data->server();
  if (!server) return server.error();
  if (!*server) return {Code::internal, "no server is running on " + path.string()};
  auto secret = http::Tokens::load_or_make_secret((**server).secret_file);
  if (!secret) return secret.error();
  const std::string token =
      http::Tokens(std::move(*secret)).make({.subject = "operator", .role = Role::operator_}, std::chrono::minutes(10));
  return http::Client::open((**server).url, {.token = token});
}

}  // namespace

void add_remote(CLI::App& command, RemoteArguments& given) {
  CLI::Option* const data = add_data(command, given.data);
  command.add_option("--server", given.server, "The server, instead; its token is $SCRIP_TOKEN")
      ->type_name("URL")
      ->excludes(data);
}

Result<http::Client> connect(const RemoteArguments& given) {
  return given.server.empty() ? connect_by_data(given.data) : connect_by_url(given.server);
}

Result<std::optional<http::Client>> connect_if_running(const RemoteArguments& given) {
  if (given.server.empty()) {
    const auto data = DataDirectory::open(given.data);
    if (!data) return data.error();
    const auto server = data->server();
    if (!server) return server.error();
    if (!*server) return std::optional<http::Client>();
  }
  auto client = connect(given);
  if (!client) return client.error();
  return std::optional<http::Client>(std::move(*client));
}

Result<nlohmann::json> object_of(const Result<http::Answer>& answer) {
  if (!answer) return answer.error();
  if (!answer->ok()) return answer->error();
  nlohmann::json body = nlohmann::json::parse(answer->body, nullptr, false);
  if (!body.is_object()) return {Code::internal, "the server's answer is no JSON object"};
  return body;
}

}  // namespace scrip::cli
