local function use(t, params)
  return t.decide {
    hook = "redeem", policy = "toodat", params = params, facts = { order = { amount = 9990, currency = "KRW" } },
  }
end

local function claim(t, user)
  local facts = { user = user, subject = "work:12", campaign = { total = 100 } }
  return t.decide { hook = "issue", policy = "toodat", facts = facts }
end

return test "toodat" {
  ["a member gets a coupon that does not expire"] = function(t)
    local d = claim(t, {})
    t.allowed(d)
    t.expires_at(d, nil)
  end,

  ["a second coupon for the same work is refused"] = function(t)
    t.denied(claim(t, { issued = 1, issued_for_subject = 1 }), "already_issued")
  end,

  ["coupons for other works do not count"] = function(t)
    t.allowed(claim(t, { issued = 7, issued_for_subject = 0 }))
  end,

  ["a used coupon was one"] = function(t)
    t.denied(claim(t, { issued = 1, issued_for_subject = 1, redeemed = 1 }), "already_issued")
  end,

  ["nothing comes off unless the campaign says so"] = function(t)
    t.discount(use(t), 0)
  end,

  ["a campaign may set a rate"] = function(t)
    t.discount(use(t, { rate = { percent = 15 } }), 1498)
  end,

  ["a campaign may set an amount"] = function(t)
    t.discount(use(t, { amount = { amount = 1000 } }), 1000)
  end,

  ["it can be used without an order, and cancelled"] = function(t)
    t.allowed(t.decide { hook = "redeem", policy = "toodat" })
    t.allowed(t.decide { hook = "cancel", policy = "toodat" })
  end,
}
