// What the host refuses by itself, whatever a policy says: the campaign's period and status, the
// coupon's state and expiry, the pool's end. They go by what a decision's record keeps, so that a
// recorded decision can be made again. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "coupon/error.h"
#include "policy/facts.h"
#include "policy/verdict.h"

namespace scrip {

// The objection that spares asking the policy; nullopt: ask it. Of the coupon only its instants
// matter: one without issued_at is held by nobody.
std::optional<Error> host_objection(Hook hook, const Campaign& campaign, const CouponFacts& coupon, Micros now);

// The same on facts; none against `stack`, whose coupons were asked about one by one. Preconditions:
// facts.campaign is set, and but for `stack` facts.coupon.
std::optional<Error> host_objection(Hook hook, const Facts& facts);

// What is decided without asking a policy: what the host refuses, and the second half of a hold
// (follows_hold), which goes by what the facts' coupon says of it. nullopt: ask. Same precondition.
std::optional<Verdict> decided_by_host(Hook hook, const Facts& facts);

// The objection to an issue that the policy allowed: every coupon of the total has been given out.
// Only then, so that who has a coupon already is told so rather than that there are none left.
std::optional<Error> sold_out_objection(const Facts& facts);

Error sold_out();
Error hold_not_found();

// The objection to several coupons on one order when no policy says how they go together.
Error not_combinable();

// The policy that is asked: the campaign's, or for `stack` the one called `stacking`.
std::string_view asked_policy(Hook hook, const Facts& facts);

// The verdict for what the host refused itself, so that it is recorded like a policy's.
Verdict host_verdict(const Error& error);

// The verdict while no policies are in force, and that of a campaign whose parameters do not fit its policy.
Verdict no_policies_verdict();
Verdict misfit_verdict(const Error& misfit);
// Of either, when the policy that is asked cannot be bound; without a policy `stacking` nothing combines.
Verdict unbound_verdict(Hook hook, const Error& misfit);

}  // namespace scrip
