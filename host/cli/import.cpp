#include "jobs/import.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "api/show.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/database.h"
#include "cli/output.h"
#include "cli/progress_line.h"
#include "cli/remote.h"
#include "db/sqlite/sqlite_store.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

struct ImportArguments {
  std::filesystem::path file;
  std::string campaign;
  std::string id;
  RemoteArguments remote;
  bool json = false;
};

// The file, with a line on the terminal that says how much of it was read.
class Input {
 public:
  static Result<Input> open(const std::filesystem::path& path) {
    std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
    std::error_code error;
    if (!file || std::filesystem::is_directory(path, error)) {
      return Error{.code = Code::internal, .message = path.string() + ": " + std::strerror(file ? EISDIR : errno)};
    }
    Input input(path, std::move(file));
    // A pipe has no size.
    if (std::filesystem::is_regular_file(path, error)) {
      input.size_ = static_cast<std::size_t>(std::filesystem::file_size(path, error));
    }
    return input;
  }

  std::optional<std::size_t> size() const { return size_; }

  Result<std::size_t> read(char* to, std::size_t size) {
    const std::size_t count = std::fread(to, 1, size, file_.get());
    if (count == 0 && std::ferror(file_.get()) != 0) return {Code::internal, path_.string() + " cannot be read"};
    done_ += static_cast<std::int64_t>(count);
    line_->show(done_, static_cast<std::int64_t>(size_.value_or(0)));
    return count;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  Input(std::filesystem::path path, std::unique_ptr<std::FILE, Close> file)
      : path_(std::move(path)), file_(std::move(file)), line_(std::make_unique<ProgressLine>("bytes")) {}

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::unique_ptr<ProgressLine> line_;
  std::optional<std::size_t> size_;
  std::int64_t done_ = 0;
};

Result<Json> by_server(const ImportArguments& given, http::Client& client, Input input) {
  std::string path = "/api/v1/campaigns/" + http::percent_encode(given.campaign) + "/imports";
  if (!given.id.empty()) path += "?id=" + http::percent_encode(given.id);
  const auto source = [&](char* to, std::size_t size) { return input.read(to, size); };
  const auto started = object_of(client.upload(path, "text/csv", source, input.size()));
  if (!started) return started.error();
  // The token of the first connection may have expired meanwhile.
  auto again = connect(given.remote);
  if (!again) return again.error();
  return object_of(again->get("/api/v1/imports/" + http::percent_encode(started->value("id", ""))));
}

Result<void> take_in(jobs::Import& import, Input& input) {
  std::vector<char> bytes(64 * 1024);
  for (;;) {
    const auto count = input.read(bytes.data(), bytes.size());
    if (!count) return count.error();
    if (*count == 0) break;
    if (auto read = import.read({bytes.data(), *count}); !read) return read.error();
  }
  const auto job = import.finish();
  return job ? Result<void>() : job.error();
}

// No server runs: this process is the one that writes, and keeps a server from starting meanwhile.
Result<Json> by_itself(const ImportArguments& given, Input input) {
  const auto data = DataDirectory::open(given.remote.data);
  if (!data) return data.error();
  const auto lock = data->lock();
  if (!lock) return lock.error();
  const auto store = open_sqlite(data->database());
  if (!store) return store.error();
  const SystemClock clock;
  const auto ledger = Ledger::open(**store, clock, {.end_holds = false}, {});
  if (!ledger) return ledger.error();
  (*ledger)->start();
  if (auto ended = jobs::end_abandoned_imports(**store, **ledger); !ended) return ended.error();
  const auto campaign = (*ledger)->catalog()->campaign(given.campaign);
  if (!campaign) return no_campaign(given.campaign);
  if (!given.id.empty() && !is_import_id(given.id)) return {Code::invalid_request, "'" + given.id + "' is no name"};

  StartImport start{.campaign = campaign->number,
                    .id = given.id.empty() ? "import-" + std::to_string(real_time()) : given.id,
                    .bytes_total = std::nullopt};
  if (input.size()) start.bytes_total = static_cast<std::int64_t>(*input.size());
  jobs::Import import(**ledger, {.subject = "operator", .role = Role::operator_}, start);
  const auto done = take_in(import, input);
  if (!done) {
    import.fail("The import could not go on");
    return done.error();
  }
  auto reader = (*store)->reader();
  if (!reader) return reader.error();
  const auto job = (*reader)->import_job(start.id);
  if (!job) return job.error();
  if (!*job) return {Code::internal, "the import has left no trace"};
  const auto errors = (*reader)->import_errors((*job)->number);
  if (!errors) return errors.error();
  return api::show_import(**job, *errors, *(*ledger)->catalog());
}

std::string report(const Json& job) {
  std::string text = std::to_string(job.value("imported", 0LL)) + " coupons imported into " +
                     job.value("campaign_id", "") + " by " + job.value("id", "") + "\n";
  const auto rejected = job.value("rejected", std::int64_t{0});
  if (rejected == 0) return text;
  text += std::to_string(rejected) + " of " + std::to_string(job.value("rows", 0LL)) + " rows were not:\n";
  const Json errors = job.value("errors", Json::array());
  for (const Json& error : errors) {
    text += "line " + std::to_string(error.value("line", 0LL)) + ": " + error.value("message", "") + "\n";
  }
  if (rejected > std::ssize(errors)) text += "and " + std::to_string(rejected - std::ssize(errors)) + " more\n";
  return text;
}

Result<Json> run(const ImportArguments& given) {
  auto input = Input::open(given.file);
  if (!input) return input.error();
  auto client = connect_if_running(given.remote);
  if (!client) return client.error();
  return *client ? by_server(given, **client, std::move(*input)) : by_itself(given, std::move(*input));
}

}  // namespace

int import(int argc, char** argv) {
  CLI::App command("Import a file of codes into a campaign", "scrip import");
  ImportArguments given;
  command.add_option("FILE", given.file, "CSV: code[,user_id][,subject][,expires_at], or what export wrote")
      ->type_name("")
      ->required();
  command.add_option("--campaign", given.campaign, "Its id")->type_name("ID")->required();
  command.add_option("--id", given.id, "How the import is called, instead of a name that is made up")
      ->type_name("NAME");
  add_remote(command, given.remote);
  add_json(command, given.json);
  if (const auto status = parse(command, argc, argv)) return *status;

  const auto job = run(given);
  if (!job) return fail(job.error());
  const int printed = print(given.json ? job->dump() + "\n" : report(*job));
  return job->value("state", "") == "done" ? printed : fail(job->value("why", "the import failed"));
}

}  // namespace scrip::cli
