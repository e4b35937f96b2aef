local seoul = { timezone = "Asia/Seoul" }
local noon = "2026-11-21T12:00:00+09:00"  -- a Saturday

local function one(what, limit, period, per)
  return quota { limits = { { what = what, limit = limit, period = period, per = per } } }
end

local function issue(t, rule, facts)
  facts.campaign = facts.campaign or seoul
  facts.now = facts.now or noon
  return t.decide { hook = "issue", rules = { rule }, facts = facts }
end

local function redeem(t, rule, facts, off)
  facts.campaign = facts.campaign or seoul
  facts.now = facts.now or noon
  if facts.order == nil then facts.order = { amount = 20000, currency = "KRW" } end
  return t.decide { hook = "redeem", rules = { rule, discount { amount = off or 0 } }, facts = facts }
end

local function cancel(t, rule, redeemed_at, coupon, counter)
  coupon.redeemed_at = redeemed_at
  return t.decide {
    hook = "cancel", rules = { rule },
    facts = { now = noon, campaign = seoul, coupon = coupon, counter = counter },
  }
end

-- The one counter that a decision changes; nil: none.
local function counted(t, d)
  t.allowed(d)
  local found
  for name in pairs(d.count) do
    t.equal(found, nil, "a second counter")
    found = name
  end
  return found
end

local function refused(t, d, sentence, detail)
  t.denied(d, "quota_reached")
  t.equal(d.sentence, sentence)
  t.equal(d.detail, detail)
end

return test "quota" {
  -- What each limit counts, and where ------------------------------------------------------------

  ["a counter is named by what, period, holder and last day"] = function(t)
    local function name(what, period, per)
      return counted(t, issue(t, one(what, 3, period, per), { user = { id = "mina" }, subject = "work:1" }))
    end
    t.equal(name("issued", "daily", "campaign"), "issued:day@2026-11-21")
    t.equal(name("issued", "daily", "user"), "issued:day:u:mina@2026-11-21")
    t.equal(name("issued", "daily", "subject"), "issued:day:s:work:1@2026-11-21")
    t.equal(name("issued", "weekly", "user"), "issued:week:u:mina@2026-11-22")
    t.equal(name("issued", "monthly", "user"), "issued:month:u:mina@2026-11-30")
    t.equal(name("issued", "campaign", "subject"), "issued:all:s:work:1")
  end,

  ["what the host counts takes no counter"] = function(t)
    for _, per in ipairs { "user", "campaign" } do
      t.equal(counted(t, issue(t, one("issued", 3, "campaign", per), {})), nil)
      t.equal(counted(t, redeem(t, one("redeemed", 3, "campaign", per), {})), nil)
    end
  end,

  ["no limit counts nothing, however it is said"] = function(t)
    local rule = quota {
      limits = {
        { what = "issued", period = "daily", per = "user" },
        { what = "redeemed", limit = false, period = "weekly", per = "campaign" },
        { what = "discount", limit = false, period = "monthly", per = "campaign" },
      },
    }
    t.equal(counted(t, issue(t, rule, {})), nil)
    t.equal(counted(t, redeem(t, rule, {}, 3000)), nil)
    t.equal(counted(t, issue(t, quota { limits = {} }, {})), nil)
  end,

  ["issuing counts what is issued, redeeming the use and the money"] = function(t)
    local rule = quota {
      limits = {
        { what = "issued", limit = 9, period = "daily", per = "campaign" },
        { what = "redeemed", limit = 9, period = "daily", per = "campaign" },
        { what = "discount", limit = 9000, period = "daily", per = "campaign" },
      },
    }
    t.equal(counted(t, issue(t, rule, {})), "issued:day@2026-11-21")
    local d = redeem(t, rule, {}, 3000)
    t.counted(d, "redeemed:day@2026-11-21", 1)
    t.counted(d, "discount:day@2026-11-21", 3000)
    t.equal(d.count["issued:day@2026-11-21"], nil)
  end,

  ["a coupon for nobody, or without a subject, is nobody's"] = function(t)
    t.equal(counted(t, issue(t, one("issued", 0, "daily", "user"), { user = { id = false } })), nil)
    t.equal(counted(t, issue(t, one("issued", 0, "campaign", "user"), { user = { id = false } })), nil)
    t.equal(counted(t, issue(t, one("issued", 0, "daily", "subject"), {})), nil)
  end,

  ["the longest ids have counters of their own, which fit"] = function(t)
    local uuid = "01234567-89ab-cdef-0123-456789abcdef"
    local function name(id)
      return counted(t, redeem(t, one("discount", 9000, "monthly", "user"), { user = { id = id } }, 1))
    end
    t.equal(name(uuid), "discount:month:u:" .. uuid .. "@2026-11-30")
    local long = string.rep("x", 127)
    t.equal(name(long .. "1"), name(long .. "1"))
    t.ok(name(long .. "1") ~= name(long .. "2"))
    t.ok(#name(long .. "1") <= 64)
    -- Nobody can take the name that stands for another.
    local taken = string.sub(name(long .. "1"), 18, -12)
    t.equal(string.sub(taken, 1, 1), "#")
    t.ok(name(taken) ~= name(long .. "1"))
  end,

  -- The limit itself -----------------------------------------------------------------------------

  ["three a day for a user: the third is given, the fourth is not"] = {
    hook = "issue",
    rules = { quota { limits = { { what = "issued", limit = 3, period = "daily", per = "user" } } } },
    facts = { now = noon, campaign = seoul, user = { id = "mina", issued = 40 } },
    case "the first" { counted = { ["issued:day:u:mina@2026-11-21"] = 1 } },
    case "the third" { counter = { ["issued:day:u:mina@2026-11-21"] = 2 }, allowed = true },
    case "the fourth" {
      counter = { ["issued:day:u:mina@2026-11-21"] = 3 }, denied = "quota_reached",
      sentence = "You have reached today's limit of coupons. Please come back on 2026-11-22 at 00:00 (Asia/Seoul).",
      detail = {
        what = "issued", limit = 3, period = "daily", per = "user", used = 3, resets_at = "2026-11-22T00:00:00+09:00",
      },
    },
    case "a limit lowered below what was given" {
      counter = { ["issued:day:u:mina@2026-11-21"] = 7 }, denied = "quota_reached",
    },
    case "yesterday's are of no account" { counter = { ["issued:day:u:mina@2026-11-20"] = 3 }, allowed = true },
    case "another's neither" { counter = { ["issued:day:u:joon@2026-11-21"] = 3 }, allowed = true },
  },

  ["over the campaign the host's own counts are the limit"] = {
    hook = "issue",
    rules = {
      quota {
        limits = {
          { what = "issued", limit = 2, period = "campaign", per = "user" },
          { what = "issued", limit = 100, period = "campaign", per = "campaign" },
        },
      },
    },
    case "the last of the user" { user = { issued = 1 }, campaign = { issued = 99 }, allowed = true },
    case "one too many for the user" {
      user = { issued = 2 }, campaign = { issued = 50 }, denied = "quota_reached",
      sentence = "You have reached the limit of coupons.",
      detail = { what = "issued", limit = 2, period = "campaign", per = "user", used = 2 },
    },
    case "one too many for all" {
      user = { issued = 0 }, campaign = { issued = 100 }, denied = "quota_reached",
      sentence = "All coupons have been given out.",
    },
  },

  ["redemptions over the campaign are those that stand now"] = function(t)
    t.allowed(redeem(t, one("redeemed", 2, "campaign", "user"), { user = { issued = 5, redeemed = 1 } }))
    local d = redeem(t, one("redeemed", 2, "campaign", "user"), { user = { issued = 5, redeemed = 2 } })
    refused(t, d, "You have used as many of these coupons as you can.",
      { what = "redeemed", limit = 2, period = "campaign", per = "user", used = 2 })
    d = redeem(t, one("redeemed", 9, "campaign", "campaign"), { campaign = { issued = 20, redeemed = 9 } })
    t.equal(d.sentence, "These coupons have been used as often as they can be.")
  end,

  ["a limit of nothing refuses everybody"] = function(t)
    for _, per in ipairs { "user", "campaign" } do
      t.denied(issue(t, one("issued", 0, "weekly", per), {}), "quota_reached")
      t.denied(issue(t, one("issued", 0, "campaign", per), {}), "quota_reached")
    end
  end,

  ["a subject's limit is over all users together"] = function(t)
    local rule = one("issued", 1, "daily", "subject")
    local counter = { ["issued:day:s:store:7@2026-11-21"] = 1 }
    t.denied(issue(t, rule, { user = { id = "joon" }, subject = "store:7", counter = counter }), "quota_reached")
    t.allowed(issue(t, rule, { user = { id = "joon" }, subject = "store:8", counter = counter }))
  end,

  -- Money ----------------------------------------------------------------------------------------

  ["the last of the money can be given away, and not one unit more"] = function(t)
    local rule = one("discount", 100000, "monthly", "campaign")
    local counter = "discount:month@2026-11-30"
    t.counted(redeem(t, rule, { counter = { [counter] = 97000 } }, 3000), counter, 3000)
    local d = redeem(t, rule, { counter = { [counter] = 97001 } }, 3000)
    refused(t, d, "What is left this month does not cover the discount on this order."
      .. " Please come back on 2026-12-01 at 00:00 (Asia/Seoul).",
      { what = "discount", limit = 100000, period = "monthly", per = "campaign", used = 97001,
        resets_at = "2026-12-01T00:00:00+09:00" })
    t.counted(redeem(t, rule, { counter = { [counter] = 97001 } }, 2999), counter, 2999)
    d = redeem(t, rule, { counter = { [counter] = 100000 } }, 1)
    t.ok(string.starts_with(d.sentence, "All discounts of this offer have been given out this month."))
  end,

  ["an order that gets nothing costs nothing, also when nothing is left"] = function(t)
    local rule = quota {
      limits = { { what = "discount", limit = 0, period = "campaign", per = "campaign" } }, currency = "KRW",
    }
    t.equal(counted(t, redeem(t, rule, { order = { amount = 500, currency = "USD" } }, 0)), nil)
    t.equal(counted(t, redeem(t, rule, { order = false }, 3000)), nil)
  end,

  ["money in another currency cannot be added up"] = function(t)
    local rule = quota {
      limits = { { what = "discount", limit = 9000, period = "campaign", per = "user" } }, currency = "KRW",
    }
    t.equal(counted(t, redeem(t, rule, {}, 3000)), "discount:all:u:user-1")
    local d = redeem(t, rule, { order = { amount = 5000, currency = "USD" } }, 3000)
    t.denied(d, "currency_mismatch")
    t.equal(d.detail, { currency = "USD", accepted = "KRW" })
  end,

  ["money for a user is told as the user's"] = function(t)
    local rule = one("discount", 5000, "weekly", "user")
    local d = redeem(t, rule, { counter = { ["discount:week:u:user-1@2026-11-22"] = 5000 } }, 1)
    t.ok(string.starts_with(d.sentence, "You have had all the discounts that you can get this week."))
    t.equal(d.detail.resets_at, "2026-11-23T00:00:00+09:00")
  end,

  -- Several at once ------------------------------------------------------------------------------

  ["of two limits that are reached the one that lasts longer is told"] = function(t)
    local rule = quota {
      limits = {
        { what = "issued", limit = 1, period = "daily", per = "user" },
        { what = "issued", limit = 5, period = "monthly", per = "user" },
        { what = "issued", limit = 20, period = "campaign", per = "user" },
      },
    }
    local day, month = "issued:day:u:user-1@2026-11-21", "issued:month:u:user-1@2026-11-30"
    t.equal(issue(t, rule, { counter = { [day] = 1, [month] = 1 } }).detail.period, "daily")
    t.equal(issue(t, rule, { counter = { [day] = 1, [month] = 5 } }).detail.period, "monthly")
    t.equal(issue(t, rule, { user = { issued = 20 }, counter = { [day] = 1, [month] = 5 } }).detail.period, "campaign")
    local d = issue(t, rule, { counter = { [month] = 5 } })
    t.equal(d.detail.period, "monthly")
    t.equal(d.count[day], nil)
    d = issue(t, rule, { counter = { [month] = 4 } })
    t.counted(d, day, 1)
    t.counted(d, month, 1)
  end,

  ["a period that the campaign does not live to see is not announced"] = function(t)
    local campaign = { timezone = "Asia/Seoul", ends_at = "2026-11-22T00:00:00+09:00" }
    local d = issue(t, one("issued", 0, "daily", "user"), { campaign = campaign })
    t.equal(d.sentence, "You have reached today's limit of coupons.")
    t.equal(d.detail.resets_at, nil)
    campaign.ends_at = "2026-11-22T00:00:01+09:00"
    t.ok(issue(t, one("issued", 0, "daily", "user"), { campaign = campaign }).detail.resets_at)
    -- What was given can be used when it is over.
    campaign.ends_at = "2026-11-22T00:00:00+09:00"
    t.ok(redeem(t, one("redeemed", 0, "daily", "user"), { campaign = campaign }).detail.resets_at)
  end,

  -- Cancelling -----------------------------------------------------------------------------------

  ["a cancelled redemption is given back to the period in which it was made"] = function(t)
    local rule = quota {
      limits = {
        { what = "issued", limit = 9, period = "daily", per = "user" },
        { what = "redeemed", limit = 9, period = "daily", per = "user" },
        { what = "discount", limit = 9000, period = "monthly", per = "campaign" },
      },
    }
    local counter = {
      ["issued:day:u:user-1@2026-10-31"] = 1, ["redeemed:day:u:user-1@2026-10-31"] = 1,
      ["redeemed:day:u:user-1@2026-11-21"] = 4,
      ["discount:month@2026-10-31"] = 5000, ["discount:month@2026-11-30"] = 5000,
    }
    local d = cancel(t, rule, "2026-10-31T23:59:59+09:00", { discount = 3000, currency = "KRW" }, counter)
    t.counted(d, "redeemed:day:u:user-1@2026-10-31", -1)
    t.counted(d, "discount:month@2026-10-31", -3000)
    t.equal(d.count["redeemed:day:u:user-1@2026-11-21"], nil)
    t.equal(d.count["discount:month@2026-11-30"], nil)
    t.equal(d.count["issued:day:u:user-1@2026-10-31"], nil)
  end,

  ["what was held is given back to the period of the hold, in which it was counted"] = function(t)
    local rule = one("redeemed", 9, "daily", "campaign")
    local counter = { ["redeemed:day@2026-10-31"] = 4, ["redeemed:day@2026-11-01"] = 4 }
    local held = { counted_at = "2026-10-31T23:59:00+09:00" }
    local d = cancel(t, rule, "2026-11-01T00:01:00+09:00", held, counter)
    t.counted(d, "redeemed:day@2026-10-31", -1)
    t.equal(d.count["redeemed:day@2026-11-01"], nil)
  end,

  ["never more than was counted is given back"] = function(t)
    local rule = one("discount", 9000, "daily", "campaign")
    local counter = "discount:day@2026-11-21"
    t.counted(cancel(t, rule, noon, { discount = 3000, currency = "KRW" }, { [counter] = 1000 }), counter, -1000)
    t.equal(counted(t, cancel(t, rule, noon, { discount = 3000, currency = "KRW" })), nil)
    t.equal(counted(t, cancel(t, rule, noon, {}, { [counter] = 1000 })), nil)
    t.equal(counted(t, cancel(t, one("redeemed", 9, "daily", "user"), noon, {})), nil)
  end,

  ["a discount in a currency that was not counted is not given back"] = function(t)
    local rule = quota {
      limits = { { what = "discount", limit = 9000, period = "daily", per = "campaign" } }, currency = "KRW",
    }
    local d = cancel(t, rule, noon, { discount = 300, currency = "USD" }, { ["discount:day@2026-11-21"] = 1000 })
    t.equal(counted(t, d), nil)
  end,

  -- Days, weeks and months of a zone -------------------------------------------------------------

  ["the day turns at midnight in the campaign's zone, or in the rule's own"] = function(t)
    local rule = one("issued", 3, "daily", "campaign")
    t.equal(counted(t, issue(t, rule, { now = "2026-11-20T23:59:59.999999+09:00" })), "issued:day@2026-11-20")
    t.equal(counted(t, issue(t, rule, { now = "2026-11-21T00:00:00+09:00" })), "issued:day@2026-11-21")
    rule = quota {
      limits = { { what = "issued", limit = 3, period = "daily", per = "campaign" } }, timezone = "America/New_York",
    }
    t.equal(counted(t, issue(t, rule, { now = "2026-11-21T04:59:59Z" })), "issued:day@2026-11-20")
    t.equal(counted(t, issue(t, rule, { now = "2026-11-21T05:00:00Z" })), "issued:day@2026-11-21")
  end,

  ["a week begins on Monday, also across the turn of the year"] = function(t)
    local rule = one("issued", 3, "weekly", "campaign")
    t.equal(counted(t, issue(t, rule, { now = "2026-11-22T23:59:59+09:00" })), "issued:week@2026-11-22")
    t.equal(counted(t, issue(t, rule, { now = "2026-11-23T00:00:00+09:00" })), "issued:week@2026-11-29")
    t.equal(counted(t, issue(t, rule, { now = "2026-12-31T12:00:00+09:00" })), "issued:week@2027-01-03")
    t.equal(counted(t, issue(t, rule, { now = "2027-01-03T23:59:59+09:00" })), "issued:week@2027-01-03")
  end,

  ["a month ends on its last day, however many it has"] = function(t)
    local rule = one("issued", 3, "monthly", "campaign")
    for now, last in pairs {
      ["2026-02-01T00:00:00+09:00"] = "2026-02-28", ["2028-02-29T23:59:59+09:00"] = "2028-02-29",
      ["2026-12-31T23:59:59+09:00"] = "2026-12-31", ["2026-11-30T23:59:59+09:00"] = "2026-11-30",
    } do
      t.equal(counted(t, issue(t, rule, { now = now })), "issued:month@" .. last)
    end
  end,

  ["a day of 23 or of 25 hours is one day"] = function(t)
    -- New York: 8 March 2026 has 23 hours, 1 November 25.
    local campaign = { timezone = "America/New_York" }
    local rule = one("issued", 3, "daily", "campaign")
    local function name(now) return counted(t, issue(t, rule, { now = now, campaign = campaign })) end
    t.equal(name "2026-03-07T23:59:59-05:00", "issued:day@2026-03-07")
    t.equal(name "2026-03-08T00:00:00-05:00", "issued:day@2026-03-08")
    t.equal(name "2026-03-08T23:59:59-04:00", "issued:day@2026-03-08")
    t.equal(name "2026-03-09T00:00:00-04:00", "issued:day@2026-03-09")
    t.equal(name "2026-11-01T00:00:00-04:00", "issued:day@2026-11-01")
    t.equal(name "2026-11-01T23:59:59-05:00", "issued:day@2026-11-01")
    t.equal(name "2026-11-02T00:00:00-05:00", "issued:day@2026-11-02")
    local d = issue(t, one("issued", 0, "daily", "user"), { now = "2026-11-01T00:30:00-04:00", campaign = campaign })
    t.equal(d.detail.resets_at, "2026-11-02T00:00:00-05:00")
  end,

  ["a day whose midnight is skipped begins at the change"] = function(t)
    -- Beirut, 29 March 2026: 00:00 becomes 01:00.
    local campaign = { timezone = "Asia/Beirut" }
    local d = issue(t, one("issued", 0, "daily", "user"), { now = "2026-03-28T12:00:00+02:00", campaign = campaign })
    t.equal(d.detail.resets_at, "2026-03-29T01:00:00+03:00")
    local name = counted(t, issue(t, one("issued", 1, "weekly", "campaign"),
      { now = "2026-03-29T01:00:00+03:00", campaign = campaign }))
    t.equal(name, "issued:week@2026-03-29")
  end,

  -- Parameters -----------------------------------------------------------------------------------

  ["two limits on the same are refused"] = function(t)
    local rule = quota {
      limits = {
        { what = "issued", limit = 3, period = "daily", per = "user" },
        { what = "issued", limit = 5, period = "daily", per = "user" },
      },
    }
    t.equal(t.misfit { rules = { rule } },
      "params.quota: limits: two of them are on the same (issued, daily, per user)")
  end,

  ["a campaign puts limits of its own in their place"] = function(t)
    local function ask(params)
      return t.decide {
        hook = "issue", rules = { one("issued", 0, "daily", "user") }, params = params,
        facts = { now = noon, campaign = seoul },
      }
    end
    t.denied(ask(nil), "quota_reached")
    t.allowed(ask { quota = { limits = {} } })
    local more = { quota = { limits = { { what = "issued", limit = 9, period = "weekly", per = "user" } } } }
    t.counted(ask(more), "issued:week:u:user-1@2026-11-22", 1)
  end,

  -- Whatever happens -----------------------------------------------------------------------------

  ["it allows what is below the limit and nothing else, at any instant"] = function(t)
    -- The counter that was asked for, and its value.
    local function asked(facts)
      local name, value
      for each, count in pairs(facts.counter) do name, value = each, count end
      return name, value
    end
    t.forall {
      hook = "issue", rules = { one("issued", 3, "daily", "user") }, runs = 25,
      facts = {
        campaign = { timezone = t.one_of { "Asia/Seoul", "America/New_York", "Europe/Berlin", "Asia/Beirut" } },
        user = { id = t.one_of { "mina", string.rep("x", 128) } },
      },
      holds = {
        ["below the limit, and only then"] = function(d, facts)
          local name, used = asked(facts)
          return #name <= 64 and d.allowed == (used < 3) and (not d.allowed or d.count[name] == 1), name
        end,
        ["the next local day is when it is open again"] = function(d, facts)
          if d.allowed then return true end
          local zone = facts.campaign.timezone
          local first, last = local_day(zone, facts.now)
          local next_day = local_time(zone, last)
          local told = string.format("%04d-%02d-%02dT%02d:%02d:00", next_day.year, next_day.month, next_day.day,
            next_day.hour, next_day.minute)
          return first <= facts.now and string.starts_with(d.detail.resets_at, told), d.detail.resets_at
        end,
      },
    }
  end,

  ["what is given away never passes the budget"] = function(t)
    t.forall {
      hook = "redeem", runs = 25,
      rules = { discount { percent = 10 }, one("discount", 100000, "campaign", "campaign") },
      facts = { counter = { ["discount:all"] = t.between(0, 100000) } },
      holds = {
        "never_negative", "never_above_order",
        ["spent stays within"] = function(d, facts)
          return facts.counter["discount:all"] + (d.count["discount:all"] or 0) <= 100000
        end,
        ["what is counted is what is given"] = function(d)
          return not d.allowed or (d.count["discount:all"] or 0) == (d.discount or 0)
        end,
      },
    }
  end,
}
