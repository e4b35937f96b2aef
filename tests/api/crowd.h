// Many callers at once.
#pragma once

#include <cstddef>
#include <functional>

namespace scrip::test {

// Calls `work` with 0 to `callers` - 1, each on a thread of its own; all of them start together. The
// first exception of one is thrown here when all have ended.
void crowd(int callers, const std::function<void(int caller)>& work);

// `jobs` calls, dealt out to `callers` threads as they become free.
void share(int jobs, int callers, const std::function<void(int job)>& work);

}  // namespace scrip::test
