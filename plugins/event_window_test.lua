local seoul = { timezone = "Asia/Seoul" }

local function claim(t, rule, now, more)
  local facts = { now = now, campaign = seoul }
  for name, value in pairs(more or {}) do facts[name] = value end
  return t.decide { hook = "issue", rules = { rule }, facts = facts }
end

local function closed(t, d, opens_at)
  t.denied(d, "outside_event_window")
  t.equal(d.detail.opens_at, opens_at and t.at(opens_at) or nil, "opens_at")
end

-- Saturday, 21 November 2026.
local two_windows = { daily = { "10:00/1m", "11:00/1m" } }

return test "event_window" {
  ["a window is open from its opening instant, and not before"] = function(t)
    local rule = event_window(two_windows)
    closed(t, claim(t, rule, "2026-11-21T09:59:59.999999+09:00"), "2026-11-21T10:00:00+09:00")
    t.allowed(claim(t, rule, "2026-11-21T10:00:00+09:00"))
  end,

  ["a window is closed at its closing instant"] = function(t)
    local rule = event_window(two_windows)
    t.allowed(claim(t, rule, "2026-11-21T10:00:59.999999+09:00"))
    closed(t, claim(t, rule, "2026-11-21T10:01:00+09:00"), "2026-11-21T11:00:00+09:00")
  end,

  ["after the day's last window the next one opens tomorrow"] = function(t)
    closed(t, claim(t, event_window(two_windows), "2026-11-21T11:01:00+09:00"), "2026-11-22T10:00:00+09:00")
  end,

  ["a refusal tells the customer when to come back"] = function(t)
    local d = claim(t, event_window(two_windows), "2026-11-21T12:00:00+09:00")
    t.equal(d.sentence, "The event is not open now. It opens on 2026-11-22 at 10:00 (Asia/Seoul).")
    t.equal(d.detail.timezone, "Asia/Seoul")
  end,

  ["the windows need not be given in order"] = function(t)
    local rule = event_window { daily = { "15:00/1h", "09:00/1h" } }
    closed(t, claim(t, rule, "2026-11-21T08:00:00+09:00"), "2026-11-21T09:00:00+09:00")
    closed(t, claim(t, rule, "2026-11-21T10:00:00+09:00"), "2026-11-21T15:00:00+09:00")
    closed(t, claim(t, rule, "2026-11-21T16:00:00+09:00"), "2026-11-22T09:00:00+09:00")
  end,

  ["a duration is in seconds, minutes or hours"] = function(t)
    for _, case in ipairs {
      { "10:00/30s", "2026-11-21T10:00:29.999999+09:00", "2026-11-21T10:00:30+09:00" },
      { "10:00/90m", "2026-11-21T11:29:59.999999+09:00", "2026-11-21T11:30:00+09:00" },
      { "10:00/2h", "2026-11-21T11:59:59.999999+09:00", "2026-11-21T12:00:00+09:00" },
    } do
      local rule = event_window { daily = { case[1] } }
      t.allowed(claim(t, rule, case[2]))
      t.denied(claim(t, rule, case[3]), "outside_event_window")
    end
  end,

  ["windows may fill the day"] = function(t)
    local rule = event_window { daily = { "00:00/12h", "12:00/12h" } }
    for _, now in ipairs { "00:00:00", "11:59:59.999999", "12:00:00", "23:59:59.999999" } do
      t.allowed(claim(t, rule, "2026-11-21T" .. now .. "+09:00"))
    end
  end,

  ["a window may last a second"] = function(t)
    local rule = event_window { daily = { "10:00/1s" } }
    t.allowed(claim(t, rule, "2026-11-21T10:00:00.999999+09:00"))
    t.denied(claim(t, rule, "2026-11-21T10:00:01+09:00"), "outside_event_window")
  end,

  ["windows that touch leave no gap"] = function(t)
    local rule = event_window { daily = { "10:00/1h", "11:00/1h" }, quota = 1 }
    local d = claim(t, rule, "2026-11-21T11:00:00+09:00")
    t.counted(d, "window:2026-11-21T11:00", 1)
    t.equal(d.count["window:2026-11-21T10:00"], nil)
  end,

  -- Time zones ------------------------------------------------------------------------------------

  ["the rule's own zone goes before the campaign's"] = function(t)
    local rule = event_window { timezone = "Asia/Seoul", daily = { "10:00/1m" } }
    local facts = { now = "2026-11-21T01:00:30Z", campaign = { timezone = "America/New_York" } }
    t.allowed(t.decide { hook = "issue", rules = { rule }, facts = facts })
  end,

  ["without a zone of its own the campaign's counts"] = function(t)
    local rule = event_window { daily = { "10:00/1m" } }
    local facts = { now = "2026-11-21T15:00:30Z", campaign = { timezone = "America/New_York" } }
    t.allowed(t.decide { hook = "issue", rules = { rule }, facts = facts })
  end,

  ["a window runs past midnight and belongs to the day on which it opened"] = function(t)
    local rule = event_window { daily = { "23:30/1h" }, days = { "fri" }, quota = 5 }
    closed(t, claim(t, rule, "2026-11-20T23:29:59+09:00"), "2026-11-20T23:30:00+09:00")
    t.counted(claim(t, rule, "2026-11-20T23:30:00+09:00"), "window:2026-11-20T23:30", 1)
    t.counted(claim(t, rule, "2026-11-21T00:29:59+09:00"), "window:2026-11-20T23:30", 1)
    closed(t, claim(t, rule, "2026-11-21T00:30:00+09:00"), "2026-11-27T23:30:00+09:00")
    closed(t, claim(t, rule, "2026-11-20T00:10:00+09:00"), "2026-11-20T23:30:00+09:00")
  end,

  ["a window can last a whole day"] = function(t)
    local rule = event_window { daily = { "18:00/24h" }, days = { "sat" }, quota = 5 }
    t.counted(claim(t, rule, "2026-11-22T17:59:59+09:00"), "window:2026-11-21T18:00", 1)
    closed(t, claim(t, rule, "2026-11-22T18:00:00+09:00"), "2026-11-28T18:00:00+09:00")
  end,

  ["a window at a skipped time opens at the change of the clocks"] = function(t)
    -- New York, 8 March 2026: 02:00 EST becomes 03:00 EDT, at 07:00Z.
    local rule = event_window { timezone = "America/New_York", daily = { "02:30/30m" }, quota = 5 }
    closed(t, claim(t, rule, "2026-03-08T06:59:59Z"), "2026-03-08T07:00:00Z")
    t.counted(claim(t, rule, "2026-03-08T07:00:00Z"), "window:2026-03-08T02:30", 1)
    t.allowed(claim(t, rule, "2026-03-08T07:29:59Z"))
    closed(t, claim(t, rule, "2026-03-08T07:30:00Z"), "2026-03-09T06:30:00Z")
  end,

  ["a window across the change in spring keeps its length"] = function(t)
    local rule = event_window { timezone = "America/New_York", daily = { "01:30/1h" } }
    t.allowed(claim(t, rule, "2026-03-08T03:29:59-04:00"))
    closed(t, claim(t, rule, "2026-03-08T03:30:00-04:00"), "2026-03-09T01:30:00-04:00")
  end,

  ["windows pushed together by the change in spring do not count twice"] = function(t)
    local rule = event_window { timezone = "America/New_York", daily = { "02:00/10m", "02:30/30m" }, quota = 5 }
    local d = claim(t, rule, "2026-03-08T07:05:00Z")
    t.counted(d, "window:2026-03-08T02:30", 1)
    t.equal(d.count["window:2026-03-08T02:00"], nil)
  end,

  ["a window at a repeated time opens once"] = function(t)
    -- New York, 1 November 2026: 02:00 EDT becomes 01:00 EST, at 06:00Z.
    local rule = event_window { timezone = "America/New_York", daily = { "01:30/20m" }, quota = 5 }
    t.counted(claim(t, rule, "2026-11-01T01:30:00-04:00"), "window:2026-11-01T01:30", 1)
    closed(t, claim(t, rule, "2026-11-01T01:50:00-04:00"), "2026-11-02T01:30:00-05:00")
    closed(t, claim(t, rule, "2026-11-01T01:30:00-05:00"), "2026-11-02T01:30:00-05:00")
  end,

  ["a window across the change in autumn keeps its length"] = function(t)
    local rule = event_window { timezone = "Europe/Berlin", daily = { "01:30/2h" } }
    t.allowed(claim(t, rule, "2026-10-25T02:29:59+01:00"))
    t.denied(claim(t, rule, "2026-10-25T02:30:00+01:00"), "outside_event_window")
  end,

  ["a window after the change opens by the wall clock, on either change day"] = function(t)
    local rule = event_window { timezone = "Europe/Berlin", daily = { "10:00/1m" } }
    for _, opens in ipairs { "2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00", "2026-10-25T10:00:00+01:00" } do
      closed(t, claim(t, rule, t.at(opens) - 1), opens)
      t.allowed(claim(t, rule, opens))
    end
  end,

  ["a day-long window that meets the change in spring is still found two days on"] = function(t)
    -- Opens on Saturday, 7 March at 23:59; Sunday has 23 hours.
    local rule = event_window { timezone = "America/New_York", daily = { "23:59/24h" }, days = { "sat" }, quota = 5 }
    t.counted(claim(t, rule, "2026-03-09T00:58:59-04:00"), "window:2026-03-07T23:59", 1)
    t.denied(claim(t, rule, "2026-03-09T00:59:00-04:00"), "outside_event_window")
  end,

  -- Days and dates --------------------------------------------------------------------------------

  ["only on the days of the week that are given"] = function(t)
    local rule = event_window { days = { "sat", "sun" } }
    closed(t, claim(t, rule, "2026-11-20T23:59:59.999999+09:00"), "2026-11-21T00:00:00+09:00")
    t.allowed(claim(t, rule, "2026-11-21T00:00:00+09:00"))
    t.allowed(claim(t, rule, "2026-11-22T23:59:59.999999+09:00"))
    closed(t, claim(t, rule, "2026-11-23T00:00:00+09:00"), "2026-11-28T00:00:00+09:00")
  end,

  ["a week later is found when today's window is over"] = function(t)
    local rule = event_window { daily = { "10:00/1m" }, days = { "sat" } }
    closed(t, claim(t, rule, "2026-11-21T10:01:00+09:00"), "2026-11-28T10:00:00+09:00")
  end,

  ["both dates of the range belong to it"] = function(t)
    local rule = event_window { first_day = "2026-11-21", last_day = "2026-11-22" }
    closed(t, claim(t, rule, "2026-11-20T23:59:59+09:00"), "2026-11-21T00:00:00+09:00")
    t.allowed(claim(t, rule, "2026-11-21T00:00:00+09:00"))
    t.allowed(claim(t, rule, "2026-11-22T23:59:59.999999+09:00"))
    closed(t, claim(t, rule, "2026-11-23T00:00:00+09:00"), nil)
  end,

  ["an event may last one day"] = function(t)
    local rule = event_window { daily = { "10:00/1m" }, first_day = "2026-11-21", last_day = "2026-11-21" }
    closed(t, claim(t, rule, "2026-11-20T10:00:00+09:00"), "2026-11-21T10:00:00+09:00")
    closed(t, claim(t, rule, "2026-11-21T09:00:00+09:00"), "2026-11-21T10:00:00+09:00")
    t.allowed(claim(t, rule, "2026-11-21T10:00:00+09:00"))
    closed(t, claim(t, rule, "2026-11-22T10:00:00+09:00"), nil)
  end,

  ["an event months away is announced"] = function(t)
    local rule = event_window { daily = { "10:00/1m" }, days = { "mon" }, first_day = "2027-03-02" }
    closed(t, claim(t, rule, "2026-11-21T10:00:00+09:00"), "2027-03-08T10:00:00+09:00")
  end,

  ["after the last date the event is over"] = function(t)
    local d = claim(t, event_window { daily = { "10:00/1m" }, last_day = "2026-11-21" }, "2026-11-21T10:01:00+09:00")
    closed(t, d, nil)
    t.equal(d.sentence, "The event is over.")
  end,

  ["a window that opens on the last date runs to its end"] = function(t)
    local rule = event_window { daily = { "23:30/1h" }, last_day = "2026-11-21" }
    t.allowed(claim(t, rule, "2026-11-22T00:29:59+09:00"))
    closed(t, claim(t, rule, "2026-11-22T00:30:00+09:00"), nil)
  end,

  ["a window after the end of the campaign is not announced"] = function(t)
    local rule = event_window(two_windows)
    local campaign = { timezone = "Asia/Seoul", ends_at = "2026-11-21T11:00:00+09:00" }
    closed(t, claim(t, rule, "2026-11-21T10:30:00+09:00", { campaign = campaign }), nil)
    campaign.ends_at = t.at "2026-11-21T11:00:00+09:00" + 1
    closed(t, claim(t, rule, "2026-11-21T10:30:00+09:00", { campaign = campaign }), "2026-11-21T11:00:00+09:00")
  end,

  -- Quotas ----------------------------------------------------------------------------------------

  ["each window counts its own coupons"] = function(t)
    local rule = event_window { daily = { "10:00/1m", "11:00/1m" }, quota = 100 }
    t.counted(claim(t, rule, "2026-11-21T10:00:30+09:00"), "window:2026-11-21T10:00", 1)
    t.counted(claim(t, rule, "2026-11-21T11:00:30+09:00"), "window:2026-11-21T11:00", 1)
    t.counted(claim(t, rule, "2026-11-22T10:00:30+09:00"), "window:2026-11-22T10:00", 1)
  end,

  ["the last coupon of a window is given, the next is not"] = function(t)
    local rule = event_window { daily = { "10:00/1m", "11:00/1m" }, quota = 100 }
    local now = "2026-11-21T10:00:30+09:00"
    t.allowed(claim(t, rule, now, { counter = { ["window:2026-11-21T10:00"] = 99 } }))
    local d = claim(t, rule, now, { counter = { ["window:2026-11-21T10:00"] = 100 } })
    t.denied(d, "window_sold_out")
    t.equal(d.detail, {
      window = "window:2026-11-21T10:00", quota = 100, given = 100, opens_at = t.at "2026-11-21T11:00:00+09:00",
    })
    t.equal(d.sentence, "All coupons of this window are gone. The next one opens on 2026-11-21 at 11:00 (Asia/Seoul).")
    t.equal(d.count["window:2026-11-21T10:00"], nil)
  end,

  ["a window that is sold out as it opens announces the next, not itself"] = function(t)
    local rule = event_window { daily = { "10:00/1m", "11:00/1m" }, quota = 100 }
    local d = claim(t, rule, "2026-11-21T10:00:00+09:00", { counter = { ["window:2026-11-21T10:00"] = 100 } })
    t.equal(d.detail.opens_at, t.at "2026-11-21T11:00:00+09:00")
  end,

  ["a sold-out window leaves the next one untouched"] = function(t)
    local rule = event_window { daily = { "10:00/1m", "11:00/1m" }, quota = 100 }
    t.allowed(claim(t, rule, "2026-11-21T11:00:00+09:00", { counter = { ["window:2026-11-21T10:00"] = 100 } }))
  end,

  ["when the last window is sold out nothing is announced"] = function(t)
    local rule = event_window { daily = { "10:00/1m" }, last_day = "2026-11-21", quota = 1 }
    local d = claim(t, rule, "2026-11-21T10:00:30+09:00", { counter = { ["window:2026-11-21T10:00"] = 1 } })
    t.denied(d, "window_sold_out")
    t.equal(d.sentence, "All coupons of the last window are gone.")
    t.equal(d.detail.opens_at, nil)
  end,

  ["a quota without windows is for the local day"] = function(t)
    local rule = event_window { quota = 10 }
    t.counted(claim(t, rule, "2026-11-21T00:00:00+09:00"), "window:2026-11-21", 1)
    t.counted(claim(t, rule, "2026-11-20T23:59:59+09:00"), "window:2026-11-20", 1)
    local d = claim(t, rule, "2026-11-21T12:00:00+09:00", { counter = { ["window:2026-11-21"] = 10 } })
    t.denied(d, "window_sold_out")
  end,

  ["without a quota nothing is counted"] = function(t)
    local d = claim(t, event_window(two_windows), "2026-11-21T10:00:00+09:00")
    t.equal(d.count["window:2026-11-21T10:00"], nil)
  end,

  ["the window that is told is the one that is open, or the next one"] = function(t)
    local function told(params, now, more)
      local facts = { now = now, campaign = { timezone = "Asia/Seoul", ends_at = more } }
      local window = t.window { rules = { event_window(params) }, facts = facts }
      return window and window.opens_at, window and window.closes_at
    end
    local function is(opens, closes, got_opens, got_closes)
      t.equal(got_opens, opens and t.at(opens), "opens")
      t.equal(got_closes, closes and t.at(closes), "closes")
    end
    is("2026-11-21T10:00:00+09:00", "2026-11-21T10:01:00+09:00", told(two_windows, "2026-11-21T10:00:30+09:00"))
    is("2026-11-21T11:00:00+09:00", "2026-11-21T11:01:00+09:00", told(two_windows, "2026-11-21T10:01:00+09:00"))
    -- Days that follow each other are one window, but for those with coupons of their own.
    local weekend = { days = { "sat", "sun" } }
    is("2026-11-21T00:00:00+09:00", "2026-11-23T00:00:00+09:00", told(weekend, "2026-11-20T00:00:00+09:00"))
    weekend.quota = 5
    is("2026-11-21T00:00:00+09:00", "2026-11-22T00:00:00+09:00", told(weekend, "2026-11-20T00:00:00+09:00"))
    local dates = { first_day = "2026-12-01", last_day = "2026-12-31" }
    is("2026-12-01T00:00:00+09:00", "2027-01-01T00:00:00+09:00", told(dates, "2026-11-20T00:00:00+09:00"))
    is("2026-12-01T00:00:00+09:00", nil, told({ first_day = "2026-12-01" }, "2026-11-20T00:00:00+09:00"))
    is(nil, nil, told(dates, "2027-01-01T00:00:00+09:00"))
  end,

  ["when the dates leave none of the weekdays it never opens"] = function(t)
    local rule = event_window { days = { "mon" }, first_day = "2026-11-24", last_day = "2026-11-29" }
    t.denied(claim(t, rule, "2026-11-24T12:00:00+09:00"), "outside_event_window")
  end,

  ["parameters that make no sense together are refused"] = function(t)
    for _, each in ipairs {
      { {}, "give daily, days, first_day, last_day or quota: without any the event is always open" },
      { { daily = { "10:00" } },
        "daily: \"10:00\" is not HH:MM/DURATION, where DURATION is 30s, 1m or 2h, at most 24h" },
      { { daily = { "10:00/2h", "11:00/1h" } }, "daily: the windows 10:00/2h and 11:00/1h overlap" },
      { { first_day = "2026-02-30" },
        "first_day: \"2026-02-30\" is not a date from 1970 to 2254 such as \"2026-11-21\"" },
      { { first_day = "2026-11-22", last_day = "2026-11-21" }, "last_day is before first_day" },
    } do
      t.equal(t.misfit { rules = { event_window(each[1]) } }, "params.event_window: " .. each[2])
    end
  end,
}
