return test "campaign_rpc" {
  ["whoever asks gets a coupon that does not expire"] = function(t)
    local campaign = { total = 1000, issued = 999 }
    local d = t.decide { hook = "issue", policy = "campaign_rpc", facts = { campaign = campaign } }
    t.allowed(d)
    t.expires_at(d, nil)
  end,

  ["there is no limit per user"] = function(t)
    t.allowed(t.decide { hook = "issue", policy = "campaign_rpc", facts = { user = { issued = 50 } } })
  end,

  ["it can be used and cancelled"] = function(t)
    local order = { amount = 5000, currency = "KRW" }
    local d = t.decide { hook = "redeem", policy = "campaign_rpc", facts = { order = order } }
    t.allowed(d)
    t.equal(d.discount, nil)
    t.allowed(t.decide { hook = "cancel", policy = "campaign_rpc" })
  end,
}
