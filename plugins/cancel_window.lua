-- How long a redemption can be undone.

local minute = 60 * 1000000

return plugin {
  name = "cancel_window", version = "1.0.0", priority = 450,
  doc = "Cancelling is allowed for `hours` and `minutes` after the redemption, the last instant excluded.",
  params = {
    hours = { type = "integer", min = 0, max = 876000, doc = "Hours; added to the minutes." },
    minutes = { type = "integer", min = 0, max = 1000000,
      doc = "Minutes; added to the hours. At 0 a redemption is final." },
  },

  check = function(p)
    if not (p.hours or p.minutes) then return "give hours or minutes" end
  end,

  cancel = function(p, facts)
    local redeemed_at = facts.coupon.redeemed_at
    local closes_at = redeemed_at + ((p.hours or 0) * 60 + (p.minutes or 0)) * minute
    if facts.now >= closes_at then
      return deny("cancel_too_late", "It is too late to cancel the use of this coupon.",
        { redeemed_at = redeemed_at, closes_at = closes_at })
    end
  end,
}
