#include "shop.h"

#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "contract.h"
#include "ledger/verify.h"
#include "ops/log.h"

namespace scrip::test {
namespace fs = std::filesystem;

fs::path source(const std::string& path) {
  return fs::path(SCRIP_SOURCE_DIR) / path;
}

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "scrip-api-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a folder for the test");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Reply::code() const {
  return body.is_object() && body.contains("code") && status >= 400 ? body["code"].get<std::string>() : "";
}

std::string Reply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::vector<std::string> Reply::fields() const {
  std::vector<std::string> fields;
  if (!body.is_object() || !body.contains("errors")) return fields;
  for (const Json& error : body["errors"]) fields.push_back(error.value("field", ""));
  std::sort(fields.begin(), fields.end());
  return fields;
}

bool Reply::names(const std::string& field) const {
  const auto named = fields();
  return std::find(named.begin(), named.end(), field) != named.end();
}

std::string request_text(const Call& call) {
  std::string text = call.method + " " + call.path + " HTTP/1.1\r\nHost: test\r\n";
  if (!call.token.empty()) text += "Authorization: Bearer " + call.token + "\r\n";
  bool typed = false;
  for (const auto& [name, value] : call.headers) {
    text += name + ": " + value + "\r\n";
    typed = typed || name == "Content-Type";
  }
  const bool carries = call.method != "GET" && call.method != "HEAD";
  if (carries || !call.body.empty()) {
    if (!typed) text += "Content-Type: application/json\r\n";
    text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  }
  return text + "\r\n" + call.body;
}

Shop::Shop(ShopOptions options) : options_(std::move(options)) {
  set_log_level(LogLevel::off);
  for (const std::string room : {"plugins", "scripts"}) {
    fs::create_directories(folder_.path() / room);
    for (const auto& file : fs::directory_iterator(source(room))) {
      const std::string name = file.path().filename().string();
      if (!name.ends_with(".lua") || (!options_.lua_tests && name.ends_with("_test.lua"))) continue;
      fs::copy_file(file.path(), folder_.path() / room / name);
    }
  }
  for (const auto& [name, text] : options_.scripts) write_policy("scripts/" + name + ".lua", text);
  start();
}

Shop::~Shop() {
  if (node_) node_->stop();
}

void Shop::start() {
  cli::NodeOptions options;
  options.data = folder_.path() / "data";
  options.store = store_.name();
  options.listen = "127.0.0.1:0";
  options.scripts = folder_.path() / "scripts";
  options.plugins = folder_.path() / "plugins";
  options.clock = &clock_;
  options.timezone = options_.timezone;
  options.compat = options_.compat;
  options.open_rpc = options_.open_rpc;
  options.password_cost = 4;
  options.sign_ins_at_once = options_.sign_ins_at_once;
  options.ledger.default_timezone = options_.timezone;
  options.http.in_flight = options_.connections_at_once;
  // Sanitizers make a decision many times slower than it is.
  options.policy.decision_us = 200'000;
  options.policy.load_us = 10'000'000;
  auto started = cli::Node::start(std::move(options));
  if (!started) throw std::runtime_error("the server under test does not start: " + started.error().message);
  node_ = std::move(*started);
}

void Shop::restart() {
  node_->stop();
  node_.reset();
  start();
}

std::string Shop::token(const std::string& subject, Role role) const {
  return node_->tokens().make({.subject = subject, .role = role});
}

Reply Shop::call(const Call& call) {
  thread_local std::unique_ptr<Connection> connection;
  thread_local std::string connected_to;
  if (connected_to != url()) {
    connection = std::make_unique<Connection>(url());
    connected_to = url();
  }
  Answer answer = connection->call(request_text(call));
  if (answer.status == 0) {
    connected_to.clear();
    throw std::runtime_error(call.method + " " + call.path + ": the connection ended without an answer");
  }
  Reply reply{.status = answer.status, .headers = std::move(answer.headers), .text = std::move(answer.body)};
  reply.body = Json::parse(reply.text, nullptr, false);
  if (reply.body.is_discarded()) reply.body = Json();
  if (options_.compat && !call.path.starts_with("/api/")) return reply;
  const std::string broken = Contract::document().check_answer(call.method, call.path, reply);
  // Catch's assertions belong to one thread, and calls come from many.
  if (!broken.empty()) throw std::runtime_error(call.method + " " + call.path + ": " + broken + "\n" + reply.text);
  return reply;
}

Reply Shop::get(const std::string& path, const std::string& token) {
  return call({.method = "GET", .path = path, .token = token});
}

Reply Shop::post(const std::string& path, const std::string& token, const Json& body) {
  return call({.method = "POST", .path = path, .token = token, .body = body.dump()});
}

Json Shop::campaign(const Json& body) {
  Json whole{{"policy", "campaign_rpc"}, {"total", nullptr}};
  whole.update(body);
  const Reply reply = post("/api/v1/campaigns", operator_(), whole);
  if (reply.status != 201) throw std::runtime_error("the campaign was refused: " + reply.text);
  return reply.body;
}

Json Shop::issue(const std::string& campaign, const std::string& user_id, const std::string& subject) {
  Json body{{"user_id", user_id}};
  if (!subject.empty()) body["subject"] = subject;
  const Reply reply = post("/api/v1/campaigns/" + campaign + "/issue", service(), body);
  if (reply.status != 201) throw std::runtime_error("the coupon was refused: " + reply.text);
  return reply.body;
}

void Shop::write_policy(const std::string& name, const std::string& text) {
  std::ofstream file(folder_.path() / name, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + name);
}

void Shop::remove_policy(const std::string& name) {
  fs::remove(folder_.path() / name);
}

Reply Shop::reload() {
  return post("/api/v1/policies/reload", operator_(), Json::object());
}

double Shop::metric(const std::string& series) {
  const std::string text = "\n" + get("/metrics", "").text;
  const std::size_t at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

std::vector<std::string> Shop::drift() {
  auto found = verify(node_->store(), [](std::int64_t, std::int64_t) {});
  if (!found) return {"verify failed: " + found.error().message};
  std::vector<std::string> lines;
  for (const Drift& drift : *found) {
    lines.push_back(drift.what + ": stored " + std::to_string(drift.stored) + ", counted " +
                    std::to_string(drift.counted));
  }
  return lines;
}

}  // namespace scrip::test
