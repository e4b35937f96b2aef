local seoul = { timezone = "Asia/Seoul" }

return test "welcome" {
  ["a new member gets a coupon to the end of the thirtieth day"] = function(t)
    local facts = { now = "2026-11-01T10:00:00+09:00", campaign = seoul }
    local d = t.decide { hook = "issue", policy = "welcome", facts = facts }
    t.allowed(d)
    t.expires_at(d, "2026-12-02T00:00:00+09:00")
  end,

  ["one a member"] = function(t)
    t.denied(t.decide { hook = "issue", policy = "welcome", facts = { user = { issued = 1 } } }, "already_issued")
  end,

  ["nobody who has ordered before"] = function(t)
    local user = { attributes = { orders = 1 } }
    t.denied(t.decide { hook = "issue", policy = "welcome", facts = { user = user } }, "not_first_order")
    t.denied(t.decide { hook = "redeem", policy = "welcome", facts = { user = user } }, "not_first_order")
  end,

  ["it takes ten per cent off the first order, five thousand at most"] = function(t)
    local function use(amount)
      return t.decide { hook = "redeem", policy = "welcome", facts = { order = { amount = amount, currency = "KRW" } } }
    end
    t.discount(use(12000), 1200)
    t.discount(use(200000), 5000)
  end,

  ["it can be used without naming the order, and undone"] = function(t)
    local d = t.decide { hook = "redeem", policy = "welcome" }
    t.allowed(d)
    t.equal(d.discount, nil)
    t.allowed(t.decide { hook = "cancel", policy = "welcome" })
  end,

  ["the holder is reminded three days before the last day"] = function(t)
    local coupon = { expires_at = "2026-12-02T00:00:00+09:00" }  -- the last day is the 1st
    local facts = { now = "2026-11-28T09:00:00+09:00", campaign = seoul, coupon = coupon }
    local d = t.decide { hook = "remind", policy = "welcome", facts = facts }
    t.equal(d.notes[1], "This coupon expires in 3 days.")
  end,
}
