#include "receiver.h"

#include <stdexcept>

namespace scrip::test {

Receiver::Receiver() {
  http::Router router;
  router.add({.method = http::Method::post,
              .pattern = "/hook",
              .access = http::Access::everyone,
              .handler = [this](http::Request& request) { return answer(request); }});
  const auto nobody = [](const http::Request&) { return Result<std::optional<http::Identity>>(std::nullopt); };
  server_ = std::make_unique<http::Server>(std::move(router), nobody, http::ServerLimits{}, http::ServerEvents{});
  const auto port = server_->listen("127.0.0.1:0");
  if (!port) throw std::runtime_error(port.error().message);
  port_ = *port;
  if (auto started = server_->start(); !started) throw std::runtime_error(started.error().message);
}

Receiver::~Receiver() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (Parking* const hanging : hanging_) hanging->unpark();
  }
  server_.reset();
}

void Receiver::next(std::vector<Mood> moods) {
  const std::lock_guard lock(mutex_);
  moods_.assign(moods.begin(), moods.end());
}

std::vector<Receiver::Came> Receiver::came() {
  const std::lock_guard lock(mutex_);
  return came_;
}

void Receiver::await(std::size_t count) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return came_.size() >= count; })) {
    throw std::runtime_error("the webhook was not called");
  }
}

http::Response Receiver::answer(http::Request& request) {
  const auto header = [&](const char* name) { return std::string(request.header(name).value_or("")); };
  const auto body = request.body();
  Mood mood = Mood::take;
  Parking& parking = Parking::current();
  {
    const std::lock_guard lock(mutex_);
    came_.push_back({.body = body ? std::string(*body) : std::string(),
                     .event = header("Scrip-Event"),
                     .delivery = header("Scrip-Delivery"),
                     .signature = header("Scrip-Signature")});
    if (!moods_.empty()) {
      mood = moods_.front();
      moods_.pop_front();
    }
    if (mood == Mood::hang && closing_) mood = Mood::take;
    if (mood == Mood::hang) hanging_.push_back(&parking);
    changed_.notify_all();
  }
  switch (mood) {
    case Mood::take:
      break;
    case Mood::fail:
      return http::Response::json(500, "{}");
    case Mood::ask_for_patience:
      return http::Response::json(503, "{}").with("Retry-After", "120");
    case Mood::hang:
      parking.park();
      break;
    case Mood::break_off: {
      http::Response cut{.status = 200};
      cut.stream = [](http::Sink& sink) {
        sink.write("{");
        sink.flush();
        throw std::runtime_error("broken off");
      };
      return cut;
    }
  }
  return {.status = 204};
}

}  // namespace scrip::test
