local campaign = { timezone = "Asia/Seoul", total = 100000 }

local function claim(t, now, more)
  local facts = { now = now, campaign = campaign }
  for name, value in pairs(more or {}) do facts[name] = value end
  return t.decide { hook = "issue", policy = "flash_sale", facts = facts }
end

return test "flash_sale" {
  ["a claim in the window gets a coupon for seven days"] = function(t)
    local d = claim(t, "2026-11-21T10:00:00+09:00")
    t.allowed(d)
    t.expires_at(d, "2026-11-28T10:00:00+09:00")
    t.counted(d, "window:2026-11-21T10:00", 1)
  end,

  ["there are three windows of a minute"] = function(t)
    for _, opens in ipairs { "2026-11-21T10:00:00+09:00", "2026-11-21T11:00:00+09:00", "2026-11-21T12:00:00+09:00" } do
      local at = t.at(opens)
      t.denied(claim(t, at - 1), "outside_event_window")
      t.allowed(claim(t, at))
      t.allowed(claim(t, at + 59999999))
      t.denied(claim(t, at + 60000000), "outside_event_window")
    end
  end,

  ["a window has ten thousand coupons"] = function(t)
    local now, window = "2026-11-21T10:00:30+09:00", "window:2026-11-21T10:00"
    t.allowed(claim(t, now, { counter = { [window] = 9999 } }))
    t.denied(claim(t, now, { counter = { [window] = 10000 } }), "window_sold_out")
  end,

  ["a member gets one, and takes none from the window by asking again"] = function(t)
    local d = claim(t, "2026-11-21T10:00:30+09:00", { user = { issued = 1 } })
    t.denied(d, "already_issued")
    t.equal(d.count["window:2026-11-21T10:00"], nil)
  end,

  ["it takes ten per cent off, five thousand at most"] = function(t)
    local function use(amount)
      local order = { amount = amount, currency = "KRW" }
      return t.decide { hook = "redeem", policy = "flash_sale", facts = { order = order } }
    end
    t.discount(use(19999), 1999)
    t.discount(use(50000), 5000)
    t.discount(use(90000), 5000)
  end,

  ["a campaign can raise the discount"] = function(t)
    local d = t.decide {
      hook = "redeem", policy = "flash_sale", params = { discount = { percent = 20 } },
      facts = { order = { amount = 10000, currency = "KRW" } },
    }
    t.discount(d, 2000)
  end,

  ["it can be used outside the windows, and undone"] = function(t)
    local facts = { now = "2026-11-22T03:00:00+09:00", campaign = campaign }
    t.allowed(t.decide { hook = "redeem", policy = "flash_sale", facts = facts })
    t.allowed(t.decide { hook = "cancel", policy = "flash_sale", facts = facts })
  end,

  ["the holder is reminded three days before the end"] = function(t)
    local coupon = { expires_at = "2026-11-28T10:00:00+09:00" }
    local facts = { now = "2026-11-25T09:00:00+09:00", campaign = campaign, coupon = coupon }
    local d = t.decide { hook = "remind", policy = "flash_sale", facts = facts }
    t.equal(d.notes[1], "This coupon expires in 3 days.")
  end,
}
