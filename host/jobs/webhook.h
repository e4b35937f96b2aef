// Sends events to a webhook: POSTs of JSON, several at once, signed. One thread at a time, but for
// interrupt().
//
//   POST URL
//   Content-Type: application/json
//   Scrip-Event: coupon.issued
//   Scrip-Delivery: evt-17-65aab...     the same at every attempt
//   Scrip-Signature: t=...,v1=...       signature.h
//   {"id":"evt-17-65aab...","type":"coupon.issued","created_at":"...","data":{...}}
//
// Done is what is answered 2xx in time. Redirects are not followed: the operator names the receiver.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "coupon/event.h"

namespace scrip::jobs {

struct WebhookOptions {
  std::string url;  // http or https
  std::string secret;
  EventKinds kinds = EventKinds::usual();
  std::chrono::milliseconds time_out{10'000};  // for all of an attempt
};

// nullopt: an URL to post to. Else why not.
std::optional<std::string> refuse_webhook_url(const std::string& url);

// The body of the request.
std::string webhook_body(const Event& event);

class Webhook {
 public:
  static Result<std::unique_ptr<Webhook>> open(WebhookOptions options);
  ~Webhook();  // breaks off what is under way

  struct Outcome {
    Event event;
    bool done = false;
    std::string error;                                // when not
    std::optional<std::chrono::seconds> retry_after;  // as the receiver asked
  };

  // Begins to send; what comes of it wait() tells.
  void send(Event event, Micros now);
  std::size_t in_flight() const;
  // Waits until something has ended, or for so long, or until interrupt().
  std::vector<Outcome> wait(std::chrono::milliseconds at_most);
  void interrupt();  // any thread

  const WebhookOptions& options() const;

 private:
  class Impl;
  explicit Webhook(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrip::jobs
