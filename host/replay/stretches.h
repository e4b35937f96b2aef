// The recorded decisions of a range of ids, stretch by stretch in order, while workers prepare the
// ones ahead. Stretches ahead are few, so that memory does not grow with the range.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "coupon/error.h"
#include "replay/replayed.h"

namespace scrip {

using Stretch = std::vector<Replayed>;

class Stretches {
 public:
  // Makes the stretch of after < id <= last. Called by the workers, each with a state of its own.
  using Prepare = std::function<Result<Stretch>(std::int64_t after, std::int64_t last)>;
  using MakePrepare = std::function<Result<Prepare>()>;

  // `background` and `activity`: see ReplayOptions.
  Stretches(std::int64_t after, std::int64_t last, std::size_t workers, bool background,
            std::function<std::int64_t()> activity, MakePrepare make);
  ~Stretches();

  // The next stretch; waits for it. Empty stretches come too; nullopt: that was the last one. The
  // error is the first one of a worker.
  Result<std::optional<Stretch>> next();

 private:
  void work();
  Result<Stretch> make_one(const Prepare& prepare, std::int64_t number);
  std::int64_t end_of(std::int64_t number) const;

  const std::int64_t after_;
  const std::int64_t last_;
  const std::int64_t stretches_;
  const std::size_t ahead_;
  const bool background_;
  const std::function<std::int64_t()> activity_;
  const MakePrepare make_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t begun_ = 0;  // stretches
  std::int64_t taken_ = 0;
  std::map<std::int64_t, Stretch> ready_;
  std::optional<Error> error_;
  bool stopped_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace scrip
