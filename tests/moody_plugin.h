// The source of a plugin that answers by what it was asked before, so that a decision comes out otherwise
// when it is made again. No test of a set finds it as long as its patience lasts.
#pragma once

#include <string>

namespace scrip::test {

// "plugins/moody.lua": allows so many times, and is tired from then on.
inline std::string moody_plugin(int patience) {
  return R"(local asked = 0
return plugin {
  name = "moody", version = "1.0.0", doc = "Remembers.",
  issue = function(p, facts)
    asked = asked + 1
    if asked > )" +
         std::to_string(patience) + R"( then return deny("tired", "Not again.") end
  end,
})";
}

}  // namespace scrip::test
