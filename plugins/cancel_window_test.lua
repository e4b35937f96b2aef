local redeemed_at = "2026-11-21T12:00:00+09:00"

local function undo(t, params, now)
  return t.decide {
    hook = "cancel", rules = { cancel_window(params) }, facts = { now = now, coupon = { redeemed_at = redeemed_at } },
  }
end

return test "cancel_window" {
  ["a redemption can be undone until the window closes"] = function(t)
    t.allowed(undo(t, { hours = 1 }, redeemed_at))
    t.allowed(undo(t, { hours = 1 }, "2026-11-21T12:59:59.999999+09:00"))
  end,

  ["at the closing instant it is too late"] = function(t)
    local d = undo(t, { hours = 1 }, "2026-11-21T13:00:00+09:00")
    t.denied(d, "cancel_too_late")
    t.equal(d.detail, { redeemed_at = t.at(redeemed_at), closes_at = t.at "2026-11-21T13:00:00+09:00" })
  end,

  ["the window can be given in minutes"] = function(t)
    t.allowed(undo(t, { minutes = 30 }, "2026-11-21T12:29:59+09:00"))
    t.denied(undo(t, { minutes = 30 }, "2026-11-21T12:30:00+09:00"), "cancel_too_late")
  end,

  ["hours and minutes add up"] = function(t)
    t.allowed(undo(t, { hours = 1, minutes = 30 }, "2026-11-21T13:29:59+09:00"))
    t.denied(undo(t, { hours = 1, minutes = 30 }, "2026-11-21T13:30:00+09:00"), "cancel_too_late")
  end,

  ["at 0 a redemption is final"] = function(t)
    t.denied(undo(t, { hours = 0 }, redeemed_at), "cancel_too_late")
  end,
}
