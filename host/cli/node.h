// One running Scrip: the store, the ledger, the policies and the HTTP server, put together. The
// serve command is little more than this with signals; tests run it in their own process. Belongs to
// one thread; what it lends is as thread-safe as its own header says.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "api/service.h"
#include "coupon/error.h"
#include "http/limits.h"
#include "http/tokens.h"
#include "jobs/deliveries.h"
#include "jobs/reminders.h"
#include "policy/policy_set.h"

namespace scrip::cli {

struct NodeOptions {
  std::filesystem::path data;    // made when it does not exist; holds scrip.db, secret, lock, address
  std::string store = "sqlite";  // is_store (cli/open_store.h)
  std::string listen = "127.0.0.1:8080";
  std::filesystem::path scripts = "scripts";
  std::filesystem::path plugins = "plugins";
  bool watch = false;
  bool compat = false;           // the wires of the services that Scrip replaces
  bool open_rpc = false;         // of these, the RPCs without a token
  const Clock* clock = nullptr;  // null: the machine's, moved by clock_shift; outlives the node
  Micros clock_shift = 0;        // how far the coupons' clock is from the real one; said by /healthz and the log
  std::optional<std::filesystem::path> secret_file;  // instead of data/secret
  std::string timezone = "UTC";
  int password_cost = 12;     // bcrypt
  int sign_ins_at_once = 10;  // per login, then one per interval; ten times as many per address
  std::chrono::milliseconds sign_in_interval{6'000};
  PolicyLimits policy;
  LedgerOptions ledger{.keep_decisions = 30 * day};
  std::optional<jobs::WebhookOptions> webhook;
  jobs::DeliveryOptions deliveries;
  std::function<void(const std::string& line)> notice;  // what a customer is to be told; null: the log alone
  http::ServerLimits http;
};

class Node {
 public:
  // Opens, recovers, activates the policies, listens and serves; returns when requests are answered.
  // The error's message is what to tell the operator in one line (more lines for policy errors).
  static Result<std::unique_ptr<Node>> start(NodeOptions options);
  ~Node();  // stop()

  // "http://127.0.0.1:8080", with the real port.
  const std::string& url() const;
  Reload& reload();
  Ledger& ledger();
  Store& store();
  jobs::Reminders& reminders();
  jobs::Deliveries& deliveries();

  // Makes reminders and delivers events from now on, on threads of their own. Until then nobody does, but
  // whoever asks reminders() and deliveries() to.
  void start_jobs();
  const http::Tokens& tokens() const;

  // Stops accepting, finishes what is in flight, checkpoints. Idempotent.
  void stop();

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrip::cli
