#include "jobs/webhook.h"

#include <curl/curl.h>

#include <algorithm>
#include <map>
#include <utility>

#include "jobs/signature.h"

namespace scrip::jobs {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

// Once in a process, before any thread uses the library.
bool start_library() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

void add(Headers& headers, const std::string& line) {
  if (curl_slist* const more = curl_slist_append(headers.get(), line.c_str())) {
    static_cast<void>(headers.release());
    headers.reset(more);
  }
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// An attempt under way. The library reads the body and the headers where they are.
struct Attempt {
  std::unique_ptr<CURL, FreeHandle> handle;
  Headers headers;
  std::string body;
  Event event;
};

}  // namespace

std::optional<std::string> refuse_webhook_url(const std::string& url) {
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      !(url.starts_with("http://") || url.starts_with("https://"))) {
    return "'" + url + "' is no URL such as https://shop.example/coupons";
  }
  return std::nullopt;
}

std::string webhook_body(const Event& event) {
  return "{\"id\":\"" + event.public_id() + "\",\"type\":\"" + std::string(name(event.kind)) + "\",\"created_at\":\"" +
         format_instant(event.at) + "\",\"data\":" + event.data + "}";
}

class Webhook::Impl {
 public:
  Impl(WebhookOptions options, CURLM* multi) : options_(std::move(options)), multi_(multi) {}
  ~Impl() {
    for (auto& [handle, attempt] : attempts_) curl_multi_remove_handle(multi_.get(), handle);
  }

  void send(Event event, Micros now) {
    Attempt attempt;
    attempt.body = webhook_body(event);
    add(attempt.headers, "Content-Type: application/json");
    add(attempt.headers, "Expect:");  // no asking beforehand: bodies are small
    add(attempt.headers, "Scrip-Event: " + std::string(name(event.kind)));
    add(attempt.headers, "Scrip-Delivery: " + event.public_id());
    add(attempt.headers, "Scrip-Signature: " + webhook_signature(options_.secret, now, attempt.body));
    attempt.event = std::move(event);
    attempt.handle.reset(curl_easy_init());
    CURL* const handle = attempt.handle.get();
    if (!handle) {
      ended_.push_back({.event = std::move(attempt.event), .error = "no memory"});
      return;
    }
    curl_easy_setopt(handle, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");  // whatever the environment says
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.time_out.count()));
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "scrip/" SCRIP_VERSION);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, attempt.headers.get());
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &drop);
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    // Moving a short string moves its bytes, so they are where they stay only in the map.
    Attempt& kept = attempts_.emplace(handle, std::move(attempt)).first->second;
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(kept.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, kept.body.c_str());
    curl_multi_add_handle(multi_.get(), handle);
  }

  std::size_t in_flight() const { return attempts_.size() + ended_.size(); }

  std::vector<Outcome> wait(std::chrono::milliseconds at_most) {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    gather();
    if (ended_.empty() && !attempts_.empty()) {
      curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(at_most.count()), nullptr);
      curl_multi_perform(multi_.get(), &running);
      gather();
    }
    return std::exchange(ended_, {});
  }

  void interrupt() { curl_multi_wakeup(multi_.get()); }
  const WebhookOptions& options() const { return options_; }

 private:
  void gather() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const handle = message->easy_handle;
      const CURLcode result = message->data.result;
      const auto found = attempts_.find(handle);
      if (found == attempts_.end()) continue;
      long status = 0;
      curl_off_t retry_after = 0;
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after);
      curl_multi_remove_handle(multi_.get(), handle);
      Outcome outcome{.event = std::move(found->second.event)};
      if (result != CURLE_OK) {
        outcome.error = curl_easy_strerror(result);
      } else if (status >= 200 && status < 300) {
        outcome.done = true;
      } else {
        outcome.error = "answered " + std::to_string(status);
        if (retry_after > 0) outcome.retry_after = std::chrono::seconds(retry_after);
      }
      attempts_.erase(found);
      ended_.push_back(std::move(outcome));
    }
  }

  const WebhookOptions options_;
  const std::unique_ptr<CURLM, FreeMulti> multi_;
  std::map<CURL*, Attempt> attempts_;
  std::vector<Outcome> ended_;
};

Webhook::Webhook(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Webhook::~Webhook() = default;

Result<std::unique_ptr<Webhook>> Webhook::open(WebhookOptions options) {
  if (auto refused = refuse_webhook_url(options.url)) return {Code::invalid_request, *refused};
  CURLM* const multi = start_library() ? curl_multi_init() : nullptr;
  if (!multi) return {Code::internal, "libcurl cannot be started"};
  return std::unique_ptr<Webhook>(new Webhook(std::make_unique<Impl>(std::move(options), multi)));
}

void Webhook::send(Event event, Micros now) {
  impl_->send(std::move(event), now);
}
std::size_t Webhook::in_flight() const {
  return impl_->in_flight();
}
std::vector<Webhook::Outcome> Webhook::wait(std::chrono::milliseconds at_most) {
  return impl_->wait(at_most);
}
void Webhook::interrupt() {
  impl_->interrupt();
}
const WebhookOptions& Webhook::options() const {
  return impl_->options();
}

}  // namespace scrip::jobs
