// When sorted runs are written and merged.
#pragma once

#include <cstddef>

namespace scrip::sqlite {

struct SortedRunsOptions {
  std::size_t recent_postings = 32'768;  // from so many on they become a run
  std::size_t recent_batches = 4'096;    // likewise; a start and a list by expiry read a row for each
  std::size_t fan_in = 8;                // so many runs of a size become one
};

}  // namespace scrip::sqlite
