#include "jobs/export.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/database.h"
#include "cli/output.h"
#include "cli/progress_line.h"
#include "cli/remote.h"
#include "db/sqlite/sqlite_store.h"
#include "ops/clock.h"

namespace scrip::cli {
namespace {

struct ExportArguments {
  std::string campaign;
  std::string state;
  std::filesystem::path output;
  RemoteArguments remote;
};

// Standard output, or a file that goes again when it did not become whole.
class Output {
 public:
  explicit Output(std::filesystem::path path) : path_(std::move(path)) {}
  ~Output() {
    if (!file_) return;
    std::fclose(file_);
    std::remove(path_.c_str());
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // The file is made with the first byte, so that a refusal leaves the one that is there alone.
  Result<void> write(std::string_view bytes) {
    if (!path_.empty() && !file_) file_ = std::fopen(path_.c_str(), "wbe");
    std::FILE* const to = path_.empty() ? stdout : file_;
    if (!to || std::fwrite(bytes.data(), 1, bytes.size(), to) != bytes.size()) return failure();
    done_ += static_cast<std::int64_t>(bytes.size());
    if (!path_.empty()) line_.show(done_, 0);
    return {};
  }

  Result<void> close() {
    if (path_.empty()) return std::fflush(stdout) == 0 ? Result<void>() : failure();
    std::FILE* const whole = std::exchange(file_, nullptr);
    return !whole || std::fclose(whole) == 0 ? Result<void>() : failure();
  }

 private:
  Error failure() const {
    return {.code = Code::internal,
            .message = (path_.empty() ? "standard output" : path_.string()) + ": " + std::strerror(errno)};
  }

  const std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  ProgressLine line_{"bytes"};
  std::int64_t done_ = 0;
};

Result<void> by_server(const ExportArguments& given, http::Client& client, Output& output) {
  std::string path = "/api/v1/campaigns/" + http::percent_encode(given.campaign) + "/coupons.csv";
  if (!given.state.empty()) path += "?state=" + http::percent_encode(given.state);
  const auto answer = client.download(path, [&](std::string_view bytes) { return output.write(bytes); });
  if (!answer) return answer.error();
  if (!answer->ok()) return answer->error();
  return {};
}

Result<void> by_itself(const ExportArguments& given, Output& output) {
  CouponFilter filter = CouponFilter::stored;
  if (!given.state.empty()) {
    const auto known = parse_coupon_filter(given.state);
    if (!known) return {Code::invalid_request, "the state must be available, issued, redeemed or expired"};
    filter = *known;
  }
  const auto data = DataDirectory::open(given.remote.data);
  if (!data) return data.error();
  const auto store = open_sqlite(data->database(), {.create = false});
  if (!store) return store.error();
  const auto definitions = (*store)->definitions();
  if (!definitions) return definitions.error();
  const auto catalog = Catalog::from(*definitions);
  const auto campaign = catalog->campaign(given.campaign);
  if (!campaign) return no_campaign(given.campaign);
  Result<void> written;
  const auto exported = jobs::export_coupons(
      {.reader = [&] { return (*store)->reader(); }, .catalog = [&] { return catalog; }, .now = SystemClock().now()},
      campaign->number, filter, [&](std::string_view bytes) {
        written = output.write(bytes);
        return written.ok();
      });
  return exported ? written : exported;
}

Result<void> run(const ExportArguments& given) {
  auto client = connect_if_running(given.remote);
  if (!client) return client.error();
  Output output(given.output);
  auto done = *client ? by_server(given, **client, output) : by_itself(given, output);
  return done ? output.close() : done;
}

}  // namespace

int export_(int argc, char** argv) {
  CLI::App command("Export a campaign's coupons as CSV", "scrip export");
  ExportArguments given;
  command.add_option("--campaign", given.campaign, "Its id")->type_name("ID")->required();
  command
      .add_option("--state", given.state,
                  "available, issued, redeemed or expired; else all that were given out or imported")
      ->type_name("STATE");
  command.add_option("--output", given.output, "Where to, instead of standard output")->type_name("FILE");
  add_remote(command, given.remote);
  if (const auto status = parse(command, argc, argv)) return *status;

  const auto exported = run(given);
  return exported ? cli::done : fail(exported.error());
}

}  // namespace scrip::cli
