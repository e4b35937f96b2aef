local seoul = { timezone = "Asia/Seoul" }
local created_at = "2026-11-21T15:30:00+09:00"

local function bind(t, now, user)
  local facts = { now = now, campaign = seoul, coupon = { created_at = created_at }, user = user }
  return t.decide { hook = "issue", policy = "kakaopay", facts = facts }
end

return test "kakaopay" {
  ["a coupon ends seven days after its code was made, whenever it was bound"] = function(t)
    t.expires_at(bind(t, created_at), "2026-11-28T15:30:00+09:00")
    t.expires_at(bind(t, "2026-11-27T09:00:00+09:00"), "2026-11-28T15:30:00+09:00")
  end,

  ["a code that is seven days old cannot be bound any more"] = function(t)
    t.allowed(bind(t, "2026-11-28T15:29:59.999999+09:00"))
    t.denied(bind(t, "2026-11-28T15:30:00+09:00"), "coupon_expired")
  end,

  ["a user may have several"] = function(t)
    t.allowed(bind(t, created_at, { issued = 12, redeemed = 3 }))
  end,

  ["it can be used and cancelled, with or without an order"] = function(t)
    t.allowed(t.decide { hook = "redeem", policy = "kakaopay" })
    local d = t.decide { hook = "redeem", policy = "kakaopay", facts = { order = { amount = 1000, currency = "KRW" } } }
    t.allowed(d)
    t.equal(d.discount, nil)
    t.allowed(t.decide { hook = "cancel", policy = "kakaopay" })
  end,

  ["the holder is told three days before the end, and only then"] = function(t)
    local function note(now, issued_at)
      local coupon = { issued_at = issued_at, expires_at = "2026-11-28T15:30:00+09:00" }
      local facts = { now = now, campaign = seoul, coupon = coupon }
      return t.decide { hook = "remind", policy = "kakaopay", facts = facts }.notes[1]
    end
    t.equal(note "2026-11-24T09:00:00+09:00", nil)
    t.equal(note "2026-11-25T09:00:00+09:00", "쿠폰이 3일 후 만료됩니다.")
    t.equal(note "2026-11-26T09:00:00+09:00", nil)
    -- When nothing ran on that day.
    t.equal(note("2026-11-26T09:00:00+09:00", created_at), "쿠폰이 2일 후 만료됩니다.")
    t.equal(note("2026-11-28T09:00:00+09:00", created_at), "쿠폰이 오늘 만료됩니다.")
  end,
}
