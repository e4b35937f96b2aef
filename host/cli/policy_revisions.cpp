#include "cli/policy_revisions.h"

#include <nlohmann/json.hpp>

#include "cli/output.h"
#include "cli/policy_answer.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t short_revision = 12;
const std::string revisions = "/api/v1/policies/revisions";

Result<Json> get(http::Client& client, const std::string& path) {
  return object_of(client.get(path));
}

Result<Json> all_revisions(http::Client& client) {
  Json all = Json::array();
  std::string cursor;
  for (;;) {
    auto page =
        get(client, revisions + "?limit=1000" + (cursor.empty() ? "" : "&cursor=" + http::percent_encode(cursor)));
    if (!page) return page;
    for (Json& each : (*page)["data"]) all.push_back(std::move(each));
    cursor = text_member(*page, "next_cursor");
    if (cursor.empty()) return all;
  }
}

const Json& last_activation(const Json& revision) {
  static const Json none = Json::object();
  const auto found = revision.find("activations");
  return found != revision.end() && found->is_array() && !found->empty() ? found->front() : none;
}

bool is_active(const Json& revision) {
  const auto found = revision.find("active");
  return found != revision.end() && found->is_boolean() && found->get<bool>();
}

// "2026-11-21T10:00:00Z  ann  rollback  the discount was wrong"
std::string activation_line(const Json& activation) {
  std::string line =
      text_member(activation, "at") + "\t" + text_member(activation, "by") + "\t" + text_member(activation, "origin");
  const std::string notes = text_member(activation, "notes");
  return notes.empty() ? line : line + "\t" + notes;
}

std::string list_line(const Json& revision) {
  return (is_active(revision) ? "* " : "  ") + text_member(revision, "revision").substr(0, short_revision) + "\t" +
         activation_line(last_activation(revision)) + "\n";
}

std::string shown_text(const Json& revision) {
  std::string text = "revision " + text_member(revision, "revision") + (is_active(revision) ? " (active)" : "") + "\n";
  text += "accepted " + text_member(revision, "accepted_at") + " by " + text_member(revision, "accepted_by") + "\n";
  text += "\nin force\n";
  for (const Json& activation : revision["activations"]) {
    const std::string until = text_member(activation, "until");
    text += "  " + activation_line(activation) + (until.empty() ? "" : "\tuntil " + until) + "\n";
  }
  text += "\nfiles\n";
  for (const Json& file : revision["files"]) {
    text += "  " + text_member(file, "name") + "\t" + std::to_string(file.value("bytes", 0)) + " bytes\n";
  }
  return text;
}

}  // namespace

PolicyRevisions::PolicyRevisions(CLI::App& policy, CLI::App& listing)
    : listing_(listing),
      showing_(*policy.add_subcommand("show", "Show a set that was in force: when, by whom, why, and its files")),
      diffing_(*policy.add_subcommand("diff", "Compare two sets that were in force")),
      rolling_back_(*policy.add_subcommand("rollback", "Put an earlier set in force again")) {
  for (CLI::App* each : {&listing_, &showing_, &diffing_, &rolling_back_}) add_remote(*each, remote_);
  for (CLI::App* each : {&showing_, &diffing_, &rolling_back_}) add_json(*each, json_);
  const char* const what = "The revision, or its first digits, at least 8";
  showing_.add_option("REVISION", revision_, what)->required();
  showing_.add_option("--file", file_, "Print this file alone, such as scripts/welcome.lua")->type_name("NAME");
  diffing_.add_option("FROM", revision_, what)->required();
  diffing_.add_option("TO", to_, "The other one")->required();
  rolling_back_.add_option("REVISION", revision_, what)->required();
  add_notes(rolling_back_, notes_);
}

bool PolicyRevisions::wanted() const {
  const bool listed = listing_.parsed() && (listing_.count("--data") > 0 || listing_.count("--server") > 0);
  return listed || showing_.parsed() || diffing_.parsed() || rolling_back_.parsed();
}

int PolicyRevisions::run(bool json) {
  json_ = json_ || json;
  auto client = connect(remote_);
  if (!client) return fail(client.error());
  if (showing_.parsed()) return show(*client);
  if (diffing_.parsed()) return diff(*client);
  return rolling_back_.parsed() ? roll_back(*client) : list(*client);
}

int PolicyRevisions::list(http::Client& client) const {
  const auto all = all_revisions(client);
  if (!all) return fail(all.error());
  if (json_) return print(all->dump() + "\n");
  std::string text;
  for (const Json& revision : *all) text += list_line(revision);
  return print(text);
}

int PolicyRevisions::show(http::Client& client) const {
  const auto shown = get(client, revisions + "/" + http::percent_encode(revision_));
  if (!shown) return fail(shown.error());
  if (file_.empty()) return print(json_ ? shown->dump() + "\n" : shown_text(*shown));
  for (const Json& file : (*shown)["files"]) {
    if (text_member(file, "name") == file_) return print(json_ ? file.dump() + "\n" : text_member(file, "text"));
  }
  return fail("revision " + text_member(*shown, "revision") + " has no file " + file_);
}

int PolicyRevisions::diff(http::Client& client) const {
  const auto diff =
      get(client, revisions + "/" + http::percent_encode(revision_) + "/diff/" + http::percent_encode(to_));
  if (!diff) return fail(diff.error());
  if (json_) return print(diff->dump() + "\n");
  std::string text;
  for (const Json& file : (*diff)["files"]) text += text_member(file, "diff");
  return print(text);
}

int PolicyRevisions::roll_back(http::Client& client) const {
  Json body{{"revision", revision_}};
  if (!notes_.empty()) body["notes"] = notes_;
  const auto answer =
      client.post("/api/v1/policies/rollback", body.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!answer) return fail(answer.error());
  if (!answer->ok()) return refuse(*answer, json_);
  const Json result = Json::parse(answer->body, nullptr, false);
  if (json_) return print(result.dump() + "\n");
  std::string text = "revision " + text_member(result, "revision") + " is in force; before it was " +
                     text_member(result, "previous") + "\n";
  if (!text_member(result, "set_aside").empty()) {
    text +=
        "The files on disk are set aside: neither --watch nor a start puts them in force until they change;"
        " scrip reload does.\n";
  }
  return print(text);
}

}  // namespace scrip::cli
