// `scrip policy list|show|diff|rollback` on a server: every set of policies that was in force. Adds its
// options and subcommands to the policy command; main thread.
#pragma once

#include <string>

#include "cli/remote.h"

namespace scrip::cli {

class PolicyRevisions {
 public:
  // `listing` is the subcommand list, which lists files when it is given no server.
  PolicyRevisions(CLI::App& policy, CLI::App& listing);
  PolicyRevisions(const PolicyRevisions&) = delete;
  PolicyRevisions& operator=(const PolicyRevisions&) = delete;

  // Whether one of these was asked for; after the arguments were read.
  bool wanted() const;
  // The exit status. `json`: of the subcommand list.
  int run(bool json);

 private:
  int list(http::Client& client) const;
  int show(http::Client& client) const;
  int diff(http::Client& client) const;
  int roll_back(http::Client& client) const;

  CLI::App& listing_;
  CLI::App& showing_;
  CLI::App& diffing_;
  CLI::App& rolling_back_;
  RemoteArguments remote_;
  std::string revision_;
  std::string to_;
  std::string file_;
  std::string notes_;
  bool json_ = false;
};

}  // namespace scrip::cli
