// Which counters a batch will ask for. Rules name them as they run, one claim after the other, and each would be a
// round trip; but a campaign's rules name the same ones all day, or the same of each user. So those that were asked for
// of late are read with the batch's first load, for all of its users. What is foreseen and not asked for counts for
// nothing: only what the batch is given is checked when it writes (batch_state.h). By one thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/postgres/batch_state.h"
#include "db/postgres/exchange.h"
#include "db/store.h"

namespace scrip::postgres {

class Foresight {
 public:
  // Asks for what the batch may want of the campaigns and users that it loads. As ask_for_wanted().
  void ask(Exchange& exchange, const Wanted& wanted, BatchState& batch);

  // Whether all that is wanted are counters that were foreseen; the batch has them then.
  bool serve(const Wanted& wanted, BatchState& batch, Loaded& loaded);

  // That the batch has asked for these.
  void learn(const std::vector<CounterKey>& counters, const BatchState& batch);

 private:
  // "issued:day:u:" and "@2026-11-21", or all of a name that is the same for all.
  struct Pattern {
    std::string before;
    std::string after;
    bool by_user = false;
    int unused = 0;  // batches since one has asked for it

    bool fits(const CounterKey& key, const BatchState& batch) const;
  };

  std::unordered_map<std::int64_t, std::vector<Pattern>> patterns_;  // by campaign
};

}  // namespace scrip::postgres
