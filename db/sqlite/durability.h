// Which commits are durable, where their fsync comes after them: readers, who see each commit at once, wait
// until what they have seen is. Thread-safe; commits are the write connection's thread's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace scrip::sqlite {

class Durability {
 public:
  // Around a commit that may be seen before it is durable.
  void begin_commit();
  enum class Commit { pending, durable, failed };  // pending: it has to be flushed; durable: with all before it
  void end_commit(Commit how);

  // The commits that have ended. All of them are durable once a flush is that begins after this.
  std::uint64_t ended() const;
  void flushed(std::uint64_t ended);
  // It failed, and it is not known which of them are durable. Nobody waits until all are.
  void failed();

  // Waits until all commits that can be seen now are durable.
  void wait() const;

 private:
  mutable std::mutex mutex_;  // guards:
  mutable std::condition_variable changed_;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t durable_ = 0;
  bool failed_ = false;
};

}  // namespace scrip::sqlite
