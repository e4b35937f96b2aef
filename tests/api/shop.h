// A Scrip under test: a real server in this process with a real database of its own, of the engine that the
// program is run with,
// a clock that stands still, the plugins and scripts that are shipped, and the policies that a test
// writes beside them.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "chosen_store.h"
#include "cli/node.h"
#include "connection.h"
#include "ops/clock.h"

namespace scrip::test {

using Json = nlohmann::json;

// 2026-11-21T10:00:00+09:00, a Saturday.
inline constexpr Micros opening = 1'795'222'800 * scrip::second;

// A folder that goes with its owner.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ShopOptions {
  // Beside the shipped ones: name without ".lua", the file's text.
  std::vector<std::pair<std::string, std::string>> scripts;
  bool lua_tests = false;  // with the shipped *_test.lua, which every reload then runs
  int sign_ins_at_once = 100'000;
  std::string timezone = "UTC";
  std::size_t connections_at_once = 512;  // requests whose handlers run at once
  bool compat = false;                    // as serve --compat
  bool open_rpc = false;                  // as serve --open-rpc
};

// How a request and its answer look to a test.
struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;
  Json body;         // null when it is no JSON
  std::string text;  // as it came

  std::string code() const;  // of a problem; "" for anything else
  std::string header(const std::string& name) const;
  std::vector<std::string> fields() const;  // of a problem's errors, sorted
  bool names(const std::string& field) const;
};

struct Call {
  std::string method;
  std::string path;
  std::string token;  // "": none
  std::string body;   // sent when not empty, or when the method carries one
  std::vector<std::pair<std::string, std::string>> headers{};
};

class Shop {
 public:
  explicit Shop(ShopOptions options = {});
  ~Shop();

  cli::Node& node() { return *node_; }
  ShopOptions& options() { return options_; }
  ManualClock& clock() { return clock_; }
  const std::string& url() const { return node_->url(); }

  std::string user(const std::string& name = "minji") const { return token(name, Role::user); }
  std::string service() const { return token("shop", Role::service); }
  std::string operator_() const { return token("admin", Role::operator_); }
  std::string token(const std::string& subject, Role role) const;

  // Calls on a connection of the calling thread. Checks that the answer is one that the OpenAPI
  // document promises (of the reference services' wires it knows nothing).
  Reply call(const Call& call);
  Reply get(const std::string& path, const std::string& token);
  Reply post(const std::string& path, const std::string& token, const Json& body);

  // Precondition: these are answered as wanted (else the test fails).
  Json campaign(const Json& body);  // adds policy campaign_rpc and total null where they are missing
  Json issue(const std::string& campaign, const std::string& user_id, const std::string& subject = "");

  // As another process that opens the same database.
  Result<std::unique_ptr<Store>> open_store_again() const { return store_.open(); }

  // Holds data/, scripts/ and plugins/.
  const std::filesystem::path& folder() const { return folder_.path(); }

  // Files of the policies, as an operator edits them: "scripts/mine.lua".
  void write_policy(const std::string& name, const std::string& text);
  void remove_policy(const std::string& name);
  Reply reload();

  // Stops the node and starts another on the same folder, with the options as they are then.
  void restart();

  // The value of one of /metrics, such as `name{label="value"}`; -1: there is none.
  double metric(const std::string& series);

  // What `scrip verify` would print; empty: no drift.
  std::vector<std::string> drift();

 private:
  void start();

  Folder folder_;
  const ChosenStore store_{(folder_.path() / "data/scrip.db").string()};
  ShopOptions options_;
  ManualClock clock_{opening};
  std::unique_ptr<cli::Node> node_;
};

// The bytes of a call.
std::string request_text(const Call& call);

// The shipped file or folder of the source tree.
std::filesystem::path source(const std::string& path);

}  // namespace scrip::test
