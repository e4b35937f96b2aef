// The campaigns that the reference services' clients expect.
#include <array>
#include <optional>

#include "api/call.h"
#include "compat/compat.h"
#include "compat/wires.h"
#include "ops/log.h"

namespace scrip::compat {
namespace {

struct Expected {
  const char* id;
  std::int64_t number;  // as the original's clients send it
  const char* policy;
  std::int64_t total;
  const char* pattern;
  Alphabet alphabet = Alphabet::base32;
};

// In the order of their numbers.
constexpr std::array all{
    Expected{toodat_campaign, 1, "toodat", 100, "########", Alphabet::alnum},
    Expected{kakaopay_campaign, 2, "kakaopay", 0, "kakaopay-####-####-####-####"},
    Expected{coupon_live_campaign, 3, "coupon_live", 100'000, "####-####-####-####"},
};

Result<void> make(api::Service& service, const Expected& expected) {
  Campaign campaign{.id = expected.id,
                    .name = expected.id,
                    .policy = expected.policy,
                    .total = expected.total,
                    .pattern = expected.pattern,
                    .alphabet = expected.alphabet,
                    .timezone = service.default_timezone};
  auto outcome = api::carry_out(service, CreateCampaign{std::move(campaign)}, {"compat", Role::operator_, true});
  if (!outcome) return outcome.error();
  log(LogLevel::info, "made a campaign for a reference service's clients", {{"campaign", expected.id}});
  return {};
}

}  // namespace

void make_campaigns(api::Service& service) {
  for (const Expected& expected : all) {
    // An operator may have ended it or given it another name; it keeps its id.
    if (!service.ledger.catalog()->campaign(expected.id)) {
      if (auto made = make(service, expected); !made) {
        log(LogLevel::warn, "the campaign of a reference service could not be made",
            {{"campaign", expected.id}, {"why", made.error().message}});
        continue;
      }
    }
    const std::int64_t number = service.ledger.catalog()->campaign(expected.id)->number;
    if (number == expected.number) continue;
    log(LogLevel::warn, "the clients of a reference service have to send another number than they are used to",
        {{"campaign", expected.id}, {"number", number}, {"theirs", expected.number}});
  }
}

}  // namespace scrip::compat
