// The server that a command talks to, and how it proves that it may.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "http/client.h"

namespace scrip::cli {

struct RemoteArguments {
  std::filesystem::path data;
  std::string server;
};

// --data DIR | --server URL
void add_remote(CLI::App& command, RemoteArguments& given);

// As an operator. With --server: the token is $SCRIP_TOKEN. Else the server is the one that serves
// the data directory, and the token is made with its secret.
Result<http::Client> connect(const RemoteArguments& given);

// The same; nullopt when no server runs on the data directory.
Result<std::optional<http::Client>> connect_if_running(const RemoteArguments& given);

// What was answered: a JSON object, or the problem's error.
Result<nlohmann::json> object_of(const Result<http::Answer>& answer);

}  // namespace scrip::cli
