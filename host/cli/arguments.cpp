#include "cli/arguments.h"

#include <CLI/Error.hpp>

#include "cli/open_store.h"
#include "cli/output.h"

namespace scrip::cli {
namespace {

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string what(const CLI::ParseError& error) {
  constexpr std::string_view unknown_setting = "INI was not able to parse ";
  std::string text = error.what();
  if (text.starts_with(unknown_setting)) {
    return "the configuration file has an unknown setting: " + text.substr(unknown_setting.size());
  }
  return one_line(text);
}

std::string check_time(const std::string& text) {
  if (parse_duration(text)) return {};
  return "'" + text + "' is no time; write for example 10ms, 30s, 5m or 24h";
}

std::string check_size(const std::string& text) {
  if (parse_size(text)) return {};
  return "'" + text + "' is no size; write for example 4096, 64KiB or 8MiB";
}

std::string check_store(const std::string& text) {
  return is_store(text) ? std::string() : "'" + text + "' is no store; write sqlite or postgresql://…";
}

const std::string forever = "forever";

}  // namespace

std::optional<int> parse(CLI::App& command, int argc, char** argv) {
  command.allow_config_extras(CLI::config_extras_mode::error);
  try {
    command.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return print(command.help());
  } catch (const CLI::CallForAllHelp&) {
    return print(command.help("", CLI::AppFormatMode::All));
  } catch (const CLI::ParseError& error) {
    return wrong_usage(what(error) + " (" + command.get_name() + " --help says more)");
  }
}

CLI::Option* add_time(CLI::App& command, const std::string& name, std::chrono::microseconds& value,
                      const std::string& help) {
  const auto read = [&value](const CLI::results_t& given) {
    value = parse_duration(given.front()).value_or(value);
    return true;
  };
  return command.add_option(name, read, help)
      ->check(CLI::Validator(check_time, ""))
      ->type_name("TIME")
      ->default_str(format_duration(value));
}

CLI::Option* add_size(CLI::App& command, const std::string& name, std::size_t& value, const std::string& help) {
  const auto read = [&value](const CLI::results_t& given) {
    value = parse_size(given.front()).value_or(value);
    return true;
  };
  return command.add_option(name, read, help)
      ->check(CLI::Validator(check_size, ""))
      ->type_name("SIZE")
      ->default_str(format_size(value));
}

CLI::Option* add_keep_decisions(CLI::App& command, std::optional<Micros>& value) {
  const auto check = [](const std::string& text) {
    if (text == forever || parse_duration(text)) return std::string();
    return "'" + text + "' is no time such as 30d, nor 0, nor forever";
  };
  const auto read = [&value](const CLI::results_t& given) {
    const auto time = parse_duration(given.front());
    value = time ? std::optional<Micros>(time->count()) : std::nullopt;
    return true;
  };
  return command
      .add_option("--keep-decisions", read, "How long decisions are kept, by the coupons' clock; 0 records none")
      ->check(CLI::Validator(check, ""))
      ->type_name("TIME|forever")
      ->default_str(value ? format_duration(std::chrono::microseconds(*value)) : forever);
}

CLI::Option* add_data(CLI::App& command, std::filesystem::path& value) {
  value = "data";
  return command.add_option("--data", value, "The data directory")->type_name("DIR")->capture_default_str();
}

void add_policy_folders(CLI::App& command, PolicyFolders& value) {
  command.add_option("--scripts", value.scripts, "Where the policies are")->type_name("DIR")->capture_default_str();
  command.add_option("--plugins", value.plugins, "Where the rules are")->type_name("DIR")->capture_default_str();
}

void add_json(CLI::App& command, bool& value) {
  command.add_flag("--json", value, "Print JSON");
}

void add_store(CLI::App& command, std::string& value) {
  value = sqlite_store;
  command.add_option("--store", value, "The file in the data directory, or a database that nodes share")
      ->check(CLI::Validator(check_store, ""))
      ->type_name("sqlite|postgresql://...")
      ->capture_default_str();
}

}  // namespace scrip::cli
