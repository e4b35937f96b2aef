// The event loop: it accepts connections, owns them all, and reads requests' heads, so that a
// connection costs a buffer until there is something to answer. Deadlines, the head's size and the
// number of connections are enforced here. Exchanges that never hold up a thread run on fibers of
// the loop's own thread, the others wherever Arrivals sends them.
//
// One thread runs run(); stop() and give_back() may be called from any.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "http/admission.h"
#include "http/connection.h"
#include "http/fiber_scheduler.h"
#include "http/limits.h"

namespace scrip::http {

class Loop;

// What becomes of the requests that a loop has read. Called on the loop's thread; must not block.
class Arrivals {
 public:
  virtual ~Arrivals() = default;

  // A request's head: makes connection.incoming of it, or says why not.
  virtual std::optional<Refusal> take_head(Connection& connection, std::string head) = 0;

  // Has connection.incoming answered by an exchange, which calls give_back() when it is done. False:
  // too many wait already.
  virtual bool answer(Loop& loop, Connection& connection) = 0;

  // The bytes of an answer that the loop gives itself.
  virtual std::string refusal(Connection& connection, const Refusal& why, bool keep_alive) = 0;

  // Something is wrong with the machine, not with a client; for the log.
  virtual void trouble(const std::string& what) = 0;
};

class Loop {
 public:
  // `connections` counts those of all loops.
  Loop(const ServerLimits& limits, Arrivals& arrivals, std::atomic<std::size_t>& connections);

  // Precondition for run(). `listener` is a listening, non-blocking socket that outlives the loop;
  // several loops may share it.
  Result<void> open(int listener);

  // Returns after stop(), when nothing is in flight any more.
  void run();

  // Runs a task on this thread, of which it must not hold up any time worth mentioning: now, or when
  // there is a place. False: too many wait already. By Arrivals.
  bool submit(Task task);
  std::size_t running() const { return admission_.running(); }  // tasks begun and not ended; any thread
  std::size_t waiting() const { return admission_.waiting(); }  // tasks not begun yet; any thread

  // No more connections and requests; what is in flight may finish. After `grace` its sockets are
  // shut down, so that it fails soon.
  void stop(std::chrono::milliseconds grace);

  // The end of an exchange, on whichever thread it ran.
  enum class After : std::uint8_t {
    keep,   // ready for the next request
    close,  // the answer is out, but the connection cannot go on
    drop,   // the client is gone
  };
  void give_back(Connection& connection, After after);

 private:
  using State = Connection::State;
  using Time = std::chrono::steady_clock::time_point;
  struct Returned {
    Connection* connection;
    After after;
  };

  std::list<Connection>& in_state(State state) { return lists_[static_cast<std::size_t>(state)]; }
  bool waits(const Connection& connection) const;
  void move(Connection& connection, State state);
  std::chrono::milliseconds time_for(State state) const;

  // loop.cpp: events and deadlines
  int wait_time();
  void dispatch(const epoll_event& event);
  void read(Connection& connection);
  void read_again(Connection& connection);
  void read_ready();
  void expire();
  void close(Connection& connection);
  void destroy_closed();

  // loop_exchanges.cpp
  void task_ended(Urgency urgency);
  void take_back();
  void go_on_after(const Returned& returned);

  // loop_accept.cpp
  bool watch_listener();
  bool accept_some();
  void accept(FileDescriptor socket, std::string remote_address);
  void pause_accepting(int error);

  // loop_stop.cpp
  void begin_stop();
  void end_grace();
  bool finished() const;

  // loop_requests.cpp: what the bytes mean
  void advance(Connection& connection);
  bool take_head(Connection& connection);
  void await_head(Connection& connection);
  bool answer(Connection& connection);
  bool answer_overloaded(Connection& connection);
  void refuse(Connection& connection, const Refusal& why);
  bool send(Connection& connection, const std::string& bytes);
  void linger(Connection& connection);

  const ServerLimits& limits_;
  Arrivals& arrivals_;
  std::atomic<std::size_t>& connections_;

  FileDescriptor epoll_;
  FiberScheduler fibers_;
  Admission admission_;
  int listener_ = -1;
  std::optional<Time> accept_again_;  // accepting pauses until then

  Time now_;                   // of this round
  std::vector<char> scratch_;  // what recv() fills
  // Each list is in the order of its deadlines, since all in one state have the same time.
  std::array<std::list<Connection>, Connection::states> lists_;
  std::vector<Connection*> ready_;
  std::vector<Returned> returned_;  // by exchanges on this thread
  std::optional<Time> stop_at_;     // set: stopping; in-flight sockets are shut down then
  bool grace_ended_ = false;

  std::mutex mutex_;  // guards the inbox:
  std::vector<Returned> inbox_;
  std::optional<std::chrono::milliseconds> stop_requested_;
};

}  // namespace scrip::http
