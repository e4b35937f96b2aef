-- Monday, 2 November 2026, in the first window.
local now = "2026-11-02T10:00:00+09:00"
local seoul = { timezone = "Asia/Seoul", total = 20000 }
local member = { attributes = { tier = "gold", age = 24 } }

local function claim(t, more)
  local facts = { now = now, campaign = seoul, user = member }
  for name, value in pairs(more or {}) do facts[name] = value end
  return t.decide { hook = "issue", policy = "example", facts = facts }
end

local function use(t, more)
  local facts = {
    now = "2026-11-03T12:00:00+09:00", campaign = seoul, user = member,
    order = { amount = 20000, currency = "KRW", items = { { sku = "tea-100", amount = 20000 } } },
  }
  for name, value in pairs(more or {}) do facts[name] = value end
  return t.decide { hook = "redeem", policy = "example", facts = facts }
end

return test "example (script)" {
  ["a member of the segment gets a coupon in the window"] = function(t)
    local d = claim(t)
    t.allowed(d)
    t.expires_at(d, "2026-11-10T00:00:00+09:00")
    t.counted(d, "window:2026-11-02T10:00", 1)
    t.counted(d, "daily:issue:2026-11-02", 1)
  end,

  ["every rule about claims can refuse"] = function(t)
    t.denied(claim(t, { now = "2026-11-01T10:00:00+09:00" }), "outside_event_window")
    t.denied(claim(t, { counter = { ["window:2026-11-02T10:00"] = 1000 } }), "window_sold_out")
    t.denied(claim(t, { user = { attributes = { tier = "bronze", age = 24 } } }), "not_in_segment")
    t.denied(claim(t, { user = { attributes = { tier = "gold", age = 30 } } }), "not_in_segment")
    t.denied(claim(t, { user = { attributes = member.attributes, issued = 2 } }), "already_issued")
    t.denied(claim(t, { campaign = { timezone = "Asia/Seoul", issued = 15000 } }), "sold_out")
    t.denied(claim(t, { counter = { ["daily:issue:2026-11-02"] = 1500 } }), "daily_cap_reached")
    t.denied(claim(t, { user = { attributes = { tier = "gold", age = 24, orders = 1 } } }), "not_first_order")
    t.denied(claim(t, { counter = { ["issued:month:u:user-1@2026-11-30"] = 5 } }), "quota_reached")
    t.denied(claim(t, { subject = "store:7", counter = { ["issued:day:s:store:7@2026-11-02"] = 500 } }), "quota_reached")
  end,

  ["the discounts add up and are charged to the budget"] = function(t)
    local d = use(t)
    t.discount(d, 2500 + 500)
    t.counted(d, "budget", 3000)
    t.counted(d, "daily:redeem:u:user-1@2026-11-03", 1)
    t.counted(d, "redeemed:week:u:user-1@2026-11-08", 1)
    t.counted(d, "discount:day@2026-11-03", 3000)
  end,

  ["happy hour adds its own"] = function(t)
    local d = use(t, { now = "2026-11-03T17:30:00+09:00" })
    t.discount(d, 2500 + 500 + 1000)
    t.counted(d, "happy_hour:2026-11-03", 1)
    t.counted(d, "budget", 4000)
  end,

  ["every rule about the use can refuse"] = function(t)
    local tea, wine = { sku = "tea-100" }, { sku = "wine-1", tags = { "drinks", "alcohol" } }
    t.denied(use(t, { user = { attributes = { tier = "gold", age = 30 } } }), "not_in_segment")
    t.denied(use(t, { counter = { ["daily:redeem:u:user-1@2026-11-03"] = 1 } }), "daily_cap_reached")
    t.denied(use(t, { order = { amount = 20000, currency = "KRW", items = { wine } } }), "product_not_eligible")
    t.denied(use(t, { order = { amount = 9999, currency = "KRW", items = { tea } } }), "min_order_not_met")
    t.denied(use(t, { order = { amount = 20000, currency = "USD", items = { tea } } }), "currency_mismatch")
    t.denied(use(t, { counter = { budget = 9997001 } }), "budget_exhausted")
    t.denied(use(t, { counter = { ["redeemed:week:u:user-1@2026-11-08"] = 2 } }), "quota_reached")
    t.denied(use(t, { counter = { ["discount:day@2026-11-03"] = 1997001 } }), "quota_reached")
  end,

  ["a redemption gives back the day and the money when it is cancelled, for a day and half an hour"] = function(t)
    local function undo(at)
      local facts = {
        now = at, campaign = seoul, user = member,
        coupon = { redeemed_at = "2026-11-03T12:00:00+09:00", discount = 3000, currency = "KRW" },
        counter = {
          budget = 3000, ["daily:redeem:u:user-1@2026-11-03"] = 1, ["redeemed:week:u:user-1@2026-11-08"] = 1,
          ["discount:day@2026-11-03"] = 3000,
        },
      }
      return t.decide { hook = "cancel", policy = "example", facts = facts }
    end
    local d = undo "2026-11-04T12:29:59+09:00"
    t.counted(d, "budget", -3000)
    t.counted(d, "daily:redeem:u:user-1@2026-11-03", -1)
    t.counted(d, "redeemed:week:u:user-1@2026-11-08", -1)
    t.counted(d, "discount:day@2026-11-03", -3000)
    t.denied(undo "2026-11-04T12:30:00+09:00", "cancel_too_late")
  end,
}
