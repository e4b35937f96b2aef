// What a batch wants and has not loaded yet.
#pragma once

#include <vector>

namespace scrip::postgres {

// Those of `keys` that are not in the working set; they are in it then, empty.
template <class Keys, class Entries>
auto absent_of(const Keys& keys, Entries& entries) {
  std::vector<const typename Keys::value_type*> absent;
  for (const auto& key : keys) {
    if (entries.try_emplace(key).second) absent.push_back(&key);
  }
  return absent;
}

}  // namespace scrip::postgres
