local seoul = { timezone = "Asia/Seoul" }
local new_york = { timezone = "America/New_York" }

local function claim(t, params, now, more)
  local facts = { now = now, campaign = seoul }
  for name, value in pairs(more or {}) do facts[name] = value end
  return t.decide { hook = "issue", rules = { expiry(params) }, facts = facts }
end

local function notice(t, params, now, coupon, campaign)
  local facts = { now = now, campaign = campaign or seoul, coupon = coupon }
  local d = t.decide { hook = "remind", rules = { expiry(params) }, facts = facts }
  t.allowed(d)
  return d.notes[1]
end

return test "expiry" {
  ["days are counted from the issue"] = function(t)
    t.expires_at(claim(t, { days = 7 }, "2026-11-21T10:00:00.250001+09:00"), "2026-11-28T10:00:00.250001+09:00")
  end,

  ["hours are counted from the issue"] = function(t)
    t.expires_at(claim(t, { hours = 36 }, "2026-11-21T10:00:00+09:00"), "2026-11-22T22:00:00+09:00")
  end,

  ["days and hours can be counted from the creation of the code"] = function(t)
    local now, coupon = "2026-11-21T10:00:00+09:00", { coupon = { created_at = "2026-11-20T08:00:00+09:00" } }
    t.expires_at(claim(t, { days = 7, from = "created" }, now, coupon), "2026-11-27T08:00:00+09:00")
    t.expires_at(claim(t, { hours = 48, from = "created" }, now, coupon), "2026-11-22T08:00:00+09:00")
  end,

  ["a code that has outlived its days is not issued"] = function(t)
    local coupon = { coupon = { created_at = "2026-11-14T10:00:00+09:00" } }
    local params = { days = 7, from = "created" }
    t.allowed(claim(t, params, "2026-11-21T09:59:59.999999+09:00", coupon))
    t.denied(claim(t, params, "2026-11-21T10:00:00+09:00", coupon), "coupon_expired")
  end,

  ["a fixed end is the same for everybody"] = function(t)
    local params = { at = "2026-12-31T23:59:59+09:00" }
    t.expires_at(claim(t, params, "2026-11-21T10:00:00+09:00"), "2026-12-31T23:59:59+09:00")
    t.expires_at(claim(t, params, "2026-12-31T23:00:00+09:00"), "2026-12-31T23:59:59+09:00")
    t.denied(claim(t, params, "2026-12-31T23:59:59+09:00"), "coupon_expired")
  end,

  ["of several ends the earliest counts"] = function(t)
    local params = { days = 7, hours = 24 * 30, at = "2026-12-31T23:59:59+09:00" }
    t.expires_at(claim(t, params, "2026-11-21T10:00:00+09:00"), "2026-11-28T10:00:00+09:00")
    t.expires_at(claim(t, params, "2026-12-30T10:00:00+09:00"), "2026-12-31T23:59:59+09:00")
    t.expires_at(claim(t, { days = 7, hours = 1 }, "2026-11-21T10:00:00+09:00"), "2026-11-21T11:00:00+09:00")
  end,

  ["end_of_day lets the coupon live through its last day"] = function(t)
    local params = { days = 7, end_of_day = true }
    t.expires_at(claim(t, params, "2026-11-21T00:00:00+09:00"), "2026-11-29T00:00:00+09:00")
    t.expires_at(claim(t, params, "2026-11-21T23:59:59.999999+09:00"), "2026-11-29T00:00:00+09:00")
    t.expires_at(claim(t, params, "2026-11-22T00:00:00+09:00"), "2026-11-30T00:00:00+09:00")
  end,

  ["end_of_day goes for hours and a fixed end too"] = function(t)
    t.expires_at(claim(t, { hours = 1, end_of_day = true }, "2026-11-21T10:00:00+09:00"), "2026-11-22T00:00:00+09:00")
    t.expires_at(claim(t, { at = "2026-12-31T09:00:00+09:00", end_of_day = true }, "2026-11-21T10:00:00+09:00"),
      "2027-01-01T00:00:00+09:00")
  end,

  ["the day is that of the campaign's zone, or of the rule's"] = function(t)
    local now = "2026-11-21T20:00:00Z"  -- already the 22nd in Seoul
    t.expires_at(claim(t, { days = 1, end_of_day = true }, now), "2026-11-24T00:00:00+09:00")
    t.expires_at(claim(t, { days = 1, end_of_day = true, timezone = "UTC" }, now), "2026-11-23T00:00:00Z")
  end,

  ["days keep the time of day when the clocks change, hours do not"] = function(t)
    local spring, autumn = "2026-03-07T12:00:00-05:00", "2026-10-31T12:00:00-04:00"
    t.expires_at(claim(t, { days = 1 }, spring, { campaign = new_york }), "2026-03-08T12:00:00-04:00")
    t.expires_at(claim(t, { hours = 24 }, spring, { campaign = new_york }), "2026-03-08T13:00:00-04:00")
    t.expires_at(claim(t, { days = 1 }, autumn, { campaign = new_york }), "2026-11-01T12:00:00-05:00")
    t.expires_at(claim(t, { hours = 24 }, autumn, { campaign = new_york }), "2026-11-01T11:00:00-05:00")
  end,

  ["an end at a time that the clocks skip is the change itself"] = function(t)
    local d = claim(t, { days = 1 }, "2026-03-07T02:30:00-05:00", { campaign = new_york })
    t.expires_at(d, "2026-03-08T03:00:00-04:00")
  end,

  ["days run over the ends of months and years"] = function(t)
    t.expires_at(claim(t, { days = 30 }, "2026-12-15T10:00:00+09:00"), "2027-01-14T10:00:00+09:00")
    t.expires_at(claim(t, { days = 366 }, "2028-02-29T10:00:00+09:00"), "2029-03-01T10:00:00+09:00")
  end,

  ["the holder is reminded on the day that is so many days before the last"] = function(t)
    local params, coupon = { days = 7, remind_days = { 3 } }, { expires_at = "2026-11-28T10:00:00+09:00" }
    t.equal(notice(t, params, "2026-11-24T23:59:59.999999+09:00", coupon), nil)
    t.equal(notice(t, params, "2026-11-25T00:00:00+09:00", coupon), "This coupon expires in 3 days.")
    t.equal(notice(t, params, "2026-11-25T23:59:59.999999+09:00", coupon), "This coupon expires in 3 days.")
    t.equal(notice(t, params, "2026-11-26T00:00:00+09:00", coupon), nil)
  end,

  ["each of several days has its notice"] = function(t)
    local params, coupon = { days = 7, remind_days = { 7, 1 } }, { expires_at = "2026-11-28T10:00:00+09:00" }
    t.equal(notice(t, params, "2026-11-21T12:00:00+09:00", coupon), "This coupon expires in 7 days.")
    t.equal(notice(t, params, "2026-11-27T12:00:00+09:00", coupon), "This coupon expires tomorrow.")
    t.equal(notice(t, params, "2026-11-28T09:00:00+09:00", coupon), nil)
  end,

  ["a coupon that ends at midnight has its last day before it"] = function(t)
    local params, coupon = { days = 7, remind_days = { 3 } }, { expires_at = "2026-11-29T00:00:00+09:00" }
    t.equal(notice(t, params, "2026-11-25T12:00:00+09:00", coupon), "This coupon expires in 3 days.")
    t.equal(notice(t, params, "2026-11-26T12:00:00+09:00", coupon), nil)
  end,

  ["days before the end are counted over a change of the clocks"] = function(t)
    local params, coupon = { days = 7, remind_days = { 1 } }, { expires_at = "2026-03-09T00:30:00-04:00" }
    t.equal(notice(t, params, "2026-03-07T23:59:00-05:00", coupon, new_york), nil)
    t.equal(notice(t, params, "2026-03-08T00:00:00-05:00", coupon, new_york), "This coupon expires tomorrow.")
    t.equal(notice(t, params, "2026-03-08T23:59:59-04:00", coupon, new_york), "This coupon expires tomorrow.")
  end,

  ["a day on which nobody asked is made up for, once, with the days that are left"] = function(t)
    local params = { days = 7, remind_days = { 7, 3, 1 } }
    local coupon = { issued_at = "2026-11-14T10:00:00+09:00", expires_at = "2026-11-28T10:00:00+09:00" }
    local function once(now)
      local facts = { now = now, campaign = seoul, coupon = coupon }
      local d = t.decide { hook = "remind", rules = { expiry(params) }, facts = facts }
      return d.trace[1].once, d.notes[1]
    end
    t.equal({ once "2026-11-20T23:59:59+09:00" }, {})
    t.equal({ once "2026-11-21T00:00:00+09:00" }, { "7", "This coupon expires in 7 days." })
    t.equal({ once "2026-11-24T12:00:00+09:00" }, { "7", "This coupon expires in 4 days." })
    t.equal({ once "2026-11-26T12:00:00+09:00" }, { "3", "This coupon expires in 2 days." })
    t.equal({ once "2026-11-28T09:59:59+09:00" }, { "1", "This coupon expires today." })
  end,

  ["who got the coupon after a day is not told of that day"] = function(t)
    local params, ends = { days = 2, remind_days = { 3, 1 } }, "2026-11-28T10:00:00+09:00"
    local late = { issued_at = "2026-11-26T00:00:00+09:00", expires_at = ends }
    t.equal(notice(t, params, "2026-11-26T12:00:00+09:00", late), nil)
    t.equal(notice(t, params, "2026-11-27T12:00:00+09:00", late), "This coupon expires tomorrow.")
    local on_the_day = { issued_at = "2026-11-25T23:59:59+09:00", expires_at = ends }
    t.equal(notice(t, params, "2026-11-25T23:59:59+09:00", on_the_day), "This coupon expires in 3 days.")
  end,

  ["the text is the script's"] = function(t)
    local params = { days = 7, remind_days = { 3, 1 }, remind_text = "{days} left, {days}!", remind_text_today = "Now!" }
    local coupon = { issued_at = "2026-11-14T10:00:00+09:00", expires_at = "2026-11-28T10:00:00+09:00" }
    t.equal(notice(t, params, "2026-11-25T12:00:00+09:00", coupon), "3 left, 3!")
    t.equal(notice(t, params, "2026-11-27T12:00:00+09:00", coupon), "1 left, 1!")
    t.equal(notice(t, params, "2026-11-28T09:00:00+09:00", coupon), "Now!")
    params.remind_text_today = nil
    t.equal(notice(t, params, "2026-11-28T09:00:00+09:00", coupon), "0 left, 0!")
  end,

  ["no notice without remind_days, without an end, or after the use"] = function(t)
    local now, ends = "2026-11-25T12:00:00+09:00", "2026-11-28T10:00:00+09:00"
    t.equal(notice(t, { days = 7 }, now, { expires_at = ends }), nil)
    t.equal(notice(t, { days = 7, remind_days = { 3 } }, now, {}), nil)
    t.equal(notice(t, { days = 7, remind_days = { 3 } }, now, { expires_at = ends, redeemed_at = now }), nil)
  end,

  ["reminders are asked for from the earliest day on, in the days of the rule's zone"] = function(t)
    t.equal(t.reminding { rules = { expiry { days = 30, remind_days = { 3, 7, 1 } } } }, { { days = 7 } })
    t.equal(t.reminding { rules = { expiry { days = 30, remind_days = { 3 }, timezone = "Asia/Seoul" } } },
      { { days = 3, zone = "Asia/Seoul" } })
    t.equal(t.reminding { rules = { expiry { days = 30 } } }, {})
  end,

  ["whenever a coupon is issued, it ends later"] = function(t)
    t.forall {
      hook = "issue", rules = { expiry { days = 7, end_of_day = true } }, runs = 40,
      facts = { campaign = { timezone = t.one_of { "Asia/Seoul", "America/New_York", "Australia/Lord_Howe" } } },
      holds = {
        ["seven days at least, and less than nine"] = function(d, facts)
          local left = d.expires_at - facts.now
          local day = 24 * 3600 * 1000000
          return left > 7 * day - 2 * 3600 * 1000000 and left < 9 * day
        end,
      },
    }
  end,
}
