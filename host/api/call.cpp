#include "api/call.h"

#include <openssl/sha.h>

#include "api/show.h"
#include "ledger/claim_facts.h"
#include "ops/log.h"

namespace scrip::api {
namespace {

// A structured-field string ("...", RFC 8941) or a bare token: 1 to 255 visible characters.
Result<std::string> parse_key(std::string_view header) {
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
    header.remove_prefix(1);
    header.remove_suffix(1);
  }
  bool good = !header.empty() && header.size() <= 255;
  for (const char c : header) good = good && c >= ' ' && c <= '~' && c != '"' && c != '\\';
  if (!good) return invalid_field("Idempotency-Key", "must be 1 to 255 visible ASCII characters");
  return std::string(header);
}

std::array<std::uint8_t, 32> fingerprint(const http::Request& request, std::string_view body) {
  std::string call(name(request.method));
  call += ' ';
  call += request.path;
  call += '\n';
  call += body;
  std::array<std::uint8_t, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(call.data()), call.size(), digest.data());
  return digest;
}

}  // namespace

Error shown(const Error& error) {
  if (error.code != Code::storage_unavailable && error.code != Code::internal) return error;
  log(LogLevel::warn, "a request failed", {{"code", name(error.code)}, {"why", error.message}});
  Error shown{.code = error.code, .message = "Something went wrong here.", .retry_after_s = error.retry_after_s};
  if (error.code == Code::storage_unavailable) {
    shown.message = "The store cannot be reached right now. Please try again.";
    if (shown.retry_after_s == 0) shown.retry_after_s = 1;
  }
  return shown;
}

http::Response problem(const Error& error) {
  return http::Response::problem(shown(error));
}

Actor actor_of(const http::Request& request) {
  return {.subject = request.identity->subject, .role = request.identity->role};
}

Result<std::shared_ptr<const Campaign>> campaign_of(const Catalog& catalog, std::string_view id) {
  auto campaign = catalog.campaign(id);
  if (!campaign) return campaign_not_found();
  return campaign;
}

Result<Outcome> carry_out(Service& service, Command command, Actor actor) {
  Submission submission{.command = std::move(command), .actor = std::move(actor)};
  service.ledger.execute(submission);
  if (submission.outcome.error) return std::move(*submission.outcome.error);
  return std::move(submission.outcome);
}

http::Response claim(Service& service, http::Request& request, Result<Command> command, int status) {
  return claim(service, request, std::move(command),
               [&](const Outcome& outcome) { return show_claim(outcome, status, service.clock.now()); });
}

http::Response claim(Service& service, http::Request& request, Result<Command> command, const ShowOutcome& show) {
  const auto header = request.header("Idempotency-Key");
  if (!command && !header) return problem(command.error());
  Submission submission{.command = command ? std::move(*command) : Refused{command.error()},
                        .actor = actor_of(request)};
  if (header) {
    auto key = parse_key(*header);
    if (!key) return problem(key.error());
    auto body = request.body();
    if (!body) return problem(body.error());
    submission.idempotency = Idempotency{.key = {.owner = submission.actor.subject, .key = std::move(*key)},
                                         .fingerprint = fingerprint(request, *body),
                                         .render = show};
  }
  service.ledger.execute(submission);
  const auto& error = submission.outcome.error;
  // A failure of ours is not kept under the key, and is not shown as it is.
  if (error && http_status(error->code) >= 500 && error->code != Code::policy_error &&
      error->code != Code::policy_quarantined) {
    return problem(*error);
  }
  if (submission.answer) {
    http::Response response = http::Response::json(submission.answer->status, std::move(submission.answer->body));
    if (response.status >= 400) response.content_type = "application/problem+json";
    if (submission.replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
    return response;
  }
  if (submission.outcome.error) return problem(*submission.outcome.error);
  KeptAnswer answer = show(submission.outcome);
  return http::Response::json(answer.status, std::move(answer.body));
}

}  // namespace scrip::api
