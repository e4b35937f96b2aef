// A notice to a customer, as a line of the server's stdout:
//
//   notice user=minji code=KAKAO-7Q2M-... 쿠폰이 3일 후 만료됩니다.
//
// One line each, whatever the policy and the shop wrote: values in the form of ops/log.h.
#pragma once

#include <string>

#include "coupon/event.h"

namespace scrip::cli {

struct Notice {
  std::string user_id;  // empty: the coupon is nobody's in particular
  std::string code;
  std::string text;
};

// Of a coupon.expiring event; what it lacks is empty.
Notice notice_of(const Event& event);

// Without an end of line.
std::string notice_line(const Notice& notice);

// Writes lines to stdout. When nobody reads it any more (a full pipe) they are left out, since the
// deliveries must not stand still for it; the log has them all the same. One thread at a time.
class NoticeOutput {
 public:
  void write(const std::string& line);

 private:
  bool stuck_ = false;
};

}  // namespace scrip::cli
