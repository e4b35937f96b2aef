#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/output.h"
#include "cli/password_input.h"
#include "coupon/coupon.h"
#include "http/passwords.h"

namespace scrip::cli {
namespace {

constexpr int page = 1'000;

struct UserArguments {
  std::filesystem::path data;
  std::string login;
  std::string role = "user";
  bool password_stdin = false;
  int password_cost = 12;
  bool json = false;
};

Result<std::string> password_hash(const UserArguments& given) {
  auto password = given.password_stdin ? read_password() : ask_password(given.login);
  if (!password) return password;
  if (auto good = http::check_password(*password); !good) return good.error();
  return http::PasswordPool(given.password_cost).hash(*password);
}

Result<void> add(const UserArguments& given) {
  if (!is_user_id(given.login)) return {Code::invalid_request, "a login is 1 to 128 bytes without control characters"};
  const auto data = DataDirectory::make(given.data);
  if (!data) return data.error();
  auto database = Database::open(*data);
  if (!database) return database.error();
  const auto hash = password_hash(given);
  if (!hash) return hash.error();
  return database->execute(AddUser{{.login = given.login, .password_hash = *hash, .role = *parse_role(given.role)}});
}

Result<void> set_password(const UserArguments& given) {
  const auto data = DataDirectory::open(given.data);
  if (!data) return data.error();
  auto database = Database::open(*data);
  if (!database) return database.error();
  const auto hash = password_hash(given);
  if (!hash) return hash.error();
  return database->execute(ChangeUser{.login = given.login, .password_hash = *hash, .role = std::nullopt});
}

Result<std::vector<User>> all_users(const std::filesystem::path& path) {
  const auto data = DataDirectory::open(path);
  if (!data) return data.error();
  auto database = Database::open(*data);
  if (!database) return database.error();
  const auto reader = database->store().reader();
  if (!reader) return reader.error();
  std::vector<User> all;
  for (;;) {
    auto some = (*reader)->users(all.empty() ? "" : all.back().login, page);
    if (!some) return some;
    all.insert(all.end(), some->begin(), some->end());
    if (some->size() < page) return all;
  }
}

std::string as_json(const std::vector<User>& users) {
  auto list = nlohmann::ordered_json::array();
  for (const User& user : users) {
    list.push_back({{"login", user.login}, {"role", name(user.role)}, {"created_at", format_instant(user.created_at)}});
  }
  return list.dump() + "\n";
}

std::string as_lines(const std::vector<User>& users) {
  std::string text;
  for (const User& user : users) {
    text += user.login + "\t" + std::string(name(user.role)) + "\t" + format_instant(user.created_at) + "\n";
  }
  return text;
}

int list(const UserArguments& given) {
  const auto users = all_users(given.data);
  if (!users) return fail(users.error());
  return print(given.json ? as_json(*users) : as_lines(*users));
}

int report(const Result<void>& result, const std::string& what) {
  return result ? print(what + "\n") : fail(result.error());
}

void add_password_options(CLI::App& command, UserArguments& given) {
  command.add_flag("--password-stdin", given.password_stdin, "Read the password from standard input");
  command.add_option("--password-cost", given.password_cost, "bcrypt's cost")
      ->check(CLI::Range(4, 31).description(""))
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace

int user(int argc, char** argv) {
  CLI::App command("Add or list accounts, or set a password", "scrip user");
  command.require_subcommand(1);
  UserArguments given;

  CLI::App& adding = *command.add_subcommand("add", "Add an account");
  adding.add_option("LOGIN", given.login, "Its name")->required();
  adding.add_option("--role", given.role, "What it may do")
      ->check(CLI::IsMember({"user", "service", "operator"}).description(""))
      ->type_name("user|service|operator")
      ->capture_default_str();
  add_password_options(adding, given);
  add_data(adding, given.data);

  CLI::App& setting = *command.add_subcommand("passwd", "Set an account's password");
  setting.add_option("LOGIN", given.login, "Its name")->required();
  add_password_options(setting, given);
  add_data(setting, given.data);

  CLI::App& listing = *command.add_subcommand("list", "List the accounts");
  add_data(listing, given.data);
  add_json(listing, given.json);

  if (const auto status = parse(command, argc, argv)) return *status;
  if (adding.parsed()) return report(add(given), "added " + given.login + " as " + given.role);
  if (setting.parsed()) return report(set_password(given), "changed the password of " + given.login);
  return list(given);
}

}  // namespace scrip::cli
