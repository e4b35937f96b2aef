#include "http/protocol.h"

#include <httplib.h>

#include <exception>
#include <utility>

#include "http/ascii.h"
#include "http/collecting_stream.h"
#include "http/http_date.h"
#include "http/refusal_exchange.h"

namespace scrip::http {
namespace {

struct Carried {
  Exchange* exchange = nullptr;
  CollectingStream* stream = nullptr;
  bool http_1_0 = false;
};

// The library's handlers belong to the server and know nothing of one request. So each request
// carries this, in a member (a function, hence the operator) that only the library's client uses.
struct CarriedBy {
  const Carried* carried;
  bool operator()(const httplib::Response&) const { return true; }
};

const Carried& carried_by(const httplib::Request& request) {
  return *request.response_handler.target<CarriedBy>()->carried;
}

// Gathers a streamed answer's pieces, so that a row of a list is not a packet of its own.
class GatheringSink final : public Sink {
 public:
  GatheringSink(httplib::DataSink& library, CollectingStream& stream) : library_(library), stream_(stream) {}

  bool write(std::string_view bytes) override {
    gathered_.append(bytes);
    return gathered_.size() < enough ? open_ : flush();
  }

  bool flush() override {
    open_ = hand_over() && stream_.flush();
    return open_;
  }

  // To the library, which frames it; it goes out with what comes next.
  bool hand_over() {
    if (open_ && !gathered_.empty()) open_ = library_.write(gathered_.data(), gathered_.size());
    gathered_.clear();
    return open_;
  }

 private:
  static constexpr std::size_t enough = 16 * 1024;
  httplib::DataSink& library_;
  CollectingStream& stream_;
  std::string gathered_;
  bool open_ = true;
};

bool run_stream(const std::function<void(Sink&)>& write_answer, const Carried& carried, httplib::DataSink& library) {
  try {
    GatheringSink sink(library, *carried.stream);
    write_answer(sink);
    if (!sink.hand_over()) return false;
    library.done();
    return true;
  } catch (const std::exception& exception) {
    carried.exchange->stream_failed(exception.what());
  } catch (...) {
    carried.exchange->stream_failed("an exception of unknown type");
  }
  return false;
}

// What the library and this file decide; a handler's wish would break the framing.
bool is_ours(std::string_view name) {
  return same_name(name, "Connection") || same_name(name, "Content-Length") || same_name(name, "Transfer-Encoding");
}

// What every answer has goes as one of the library's headers, whose value has line ends: each one by itself
// would be copied, put into a tree and formatted.
void add_headers(const Response& from, const Exchange& exchange, httplib::Response& to) {
  for (const auto& [name, value] : from.headers) {
    if (!is_ours(name)) to.set_header(name, value);  // which drops values with line ends
  }
  std::string common;
  common.reserve(160);
  common.append(http_date()).append("\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ");
  common.append(exchange.request_id());
  if (from.headers.empty() || !to.has_header("Cache-Control")) common.append("\r\nCache-Control: no-store");
  if (!from.body.empty()) common.append("\r\nContent-Length: ").append(std::to_string(from.body.size()));
  to.headers.emplace("Date", std::move(common));
}

void add_stream(Response from, const Carried& carried, httplib::Response& to) {
  auto provider = [&carried, stream = std::move(from.stream)](std::size_t, httplib::DataSink& sink) {
    return run_stream(stream, carried, sink);
  };
  if (carried.http_1_0) {
    to.set_content_provider(from.content_type, std::move(provider));
  } else {
    to.set_chunked_content_provider(from.content_type, std::move(provider));
  }
}

void add_body(Response from, httplib::Response& to) {
  if (from.body.empty()) return;
  to.set_header("Content-Type", from.content_type);
  to.body = std::move(from.body);
}

// The library's last word about the headers is made right before they are written.
void settle_headers(const httplib::Request& request, httplib::Response& response) {
  if (request.response_handler == nullptr) return;
  const Carried& carried = carried_by(request);
  if (carried.exchange->keep_alive()) {
    if (const auto close = response.headers.find("Connection"); close != response.headers.end()) {
      response.headers.erase(close);
    }
    if (carried.http_1_0) response.set_header("Connection", "keep-alive");
  }
  // It adds it to every HEAD, and it is not true.
  if (request.method == "HEAD") response.headers.erase("Accept-Ranges");
  if (response.status == 204 || response.status == 304) response.headers.erase("Content-Length");
}

}  // namespace

class Protocol::Library final : public httplib::Server {
 public:
  Library() {
    // Streamed answers stop when this says that the server does; ours ends them in its own way.
    svr_sock_ = 0;
    set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      const Carried& carried = carried_by(request);
      Response answer = carried.exchange->answer();
      response.status = answer.status;
      add_headers(answer, *carried.exchange, response);
      if (answer.stream) {
        add_stream(std::move(answer), carried, response);
        return HandlerResponse::Handled;
      }
      // What no handler has taken the library writes as it stands. Of an answer that was handled it looks first
      // whether it is to be compressed or cut to ranges, which ours never are.
      add_body(std::move(answer), response);
      return HandlerResponse::Unhandled;
    });
    set_post_routing_handler(settle_headers);
  }

  bool serve(RequestLine line, Exchange& exchange) {
    CollectingStream stream(head_for_library(line), exchange);
    const Carried carried{&exchange, &stream, line.http_1_0};
    bool closed = false;
    try {
      // "Close", since settle_headers() takes that back when it is not so.
      return process_request(stream, true, closed,
                             [&](httplib::Request& request) { request.response_handler = CarriedBy{&carried}; }) &&
             stream.flush();
    } catch (...) {
      return false;  // out of memory; half an answer may be out
    }
  }

 private:
  static std::string_view head_for_library(RequestLine line) {
    if (line.http_1_0) return line.head ? "HEAD / HTTP/1.0\r\n\r\n" : "GET / HTTP/1.0\r\n\r\n";
    return line.head ? "HEAD / HTTP/1.1\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n";
  }
};

Protocol::Protocol() : library_(std::make_unique<Library>()) {
  // The library makes its constants when it first needs them. Let that be now, before there are
  // threads: how it guards them is compiled code that the thread sanitizer cannot see.
  Response streamed;
  streamed.stream = [](Sink& sink) { sink.write("x"); };
  RefusalExchange(std::move(streamed), "first", false).render(*this, {});
}

Protocol::~Protocol() = default;

bool Protocol::serve(RequestLine line, Exchange& exchange) {
  return library_->serve(line, exchange);
}

}  // namespace scrip::http
