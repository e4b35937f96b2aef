local function claim(t, now, user)
  local facts = { now = now, user = user, campaign = { total = 100000 } }
  return t.decide { hook = "issue", policy = "coupon_live", facts = facts }
end

return test "coupon_live" {
  ["every full hour from 10 to 19 has a window of a minute"] = function(t)
    for hour = 0, 23 do
      local opens = t.at(string.format("2026-11-21T%02d:00:00+09:00", hour))
      t.denied(claim(t, opens - 1), "outside_event_window")
      t.denied(claim(t, opens + 60000000), "outside_event_window")
      for _, now in ipairs { opens, opens + 59999999 } do
        if hour >= 10 and hour <= 19 then
          t.allowed(claim(t, now))
        else
          t.denied(claim(t, now), "outside_event_window")
        end
      end
    end
  end,

  ["the hours are Seoul's, whatever the campaign's zone"] = function(t)
    local facts = { now = "2026-11-21T01:00:00Z", campaign = { timezone = "America/New_York" } }
    t.allowed(t.decide { hook = "issue", policy = "coupon_live", facts = facts })
  end,

  ["one a member"] = function(t)
    t.denied(claim(t, "2026-11-21T10:00:00+09:00", { issued = 1 }), "already_issued")
  end,

  ["outside the windows that is the reason, for members with a coupon too"] = function(t)
    t.denied(claim(t, "2026-11-21T09:00:00+09:00", { issued = 1 }), "outside_event_window")
  end,

  ["nothing is counted where the total is the only limit"] = function(t)
    local d = claim(t, "2026-11-21T10:00:00+09:00")
    t.equal(d.count["window:2026-11-21T10:00"], nil)
    t.expires_at(d, nil)
  end,

  ["it can be used and cancelled at any time"] = function(t)
    t.allowed(t.decide { hook = "redeem", policy = "coupon_live", facts = { now = "2026-11-21T03:00:00+09:00" } })
    t.allowed(t.decide { hook = "cancel", policy = "coupon_live", facts = { now = "2026-11-21T03:00:00+09:00" } })
  end,
}
