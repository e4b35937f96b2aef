local function ask(t, hook, params, facts)
  facts.campaign = facts.campaign or { timezone = "Asia/Seoul" }
  return t.decide { hook = hook, rules = { daily_cap(params) }, facts = facts }
end

local noon = "2026-11-21T12:00:00+09:00"
local issues, redemptions = "daily:issue:2026-11-21", "daily:redeem:2026-11-21"

local function of_user(on, id)
  return "daily:" .. on .. ":u:" .. id .. "@2026-11-21"
end

return test "daily_cap" {
  ["each coupon of the day is counted"] = function(t)
    t.counted(ask(t, "issue", { max = 10 }, { now = noon }), issues, 1)
  end,

  ["the last coupon of the day is given, the next is not"] = function(t)
    t.allowed(ask(t, "issue", { max = 10 }, { now = noon, counter = { [issues] = 9 } }))
    local d = ask(t, "issue", { max = 10 }, { now = noon, counter = { [issues] = 10 } })
    t.denied(d, "daily_cap_reached")
    t.equal(d.detail, { max = 10, today = 10, on = "issue", per = "campaign" })
    t.equal(d.sentence, "Today's coupons are gone. Please come back tomorrow.")
    t.equal(d.count[issues], nil)
  end,

  ["the day begins at midnight in the campaign's zone"] = function(t)
    t.counted(ask(t, "issue", { max = 10 }, { now = "2026-11-20T23:59:59.999999+09:00" }), "daily:issue:2026-11-20", 1)
    t.counted(ask(t, "issue", { max = 10 }, { now = "2026-11-21T00:00:00+09:00" }), issues, 1)
  end,

  ["or at midnight in the rule's own zone"] = function(t)
    local params = { max = 10, timezone = "America/New_York" }
    t.counted(ask(t, "issue", params, { now = "2026-11-21T04:59:59Z" }), "daily:issue:2026-11-20", 1)
    t.counted(ask(t, "issue", params, { now = "2026-11-21T05:00:00Z" }), issues, 1)
  end,

  ["a day of 25 hours is one day"] = function(t)
    local params = { max = 10, timezone = "America/New_York" }
    t.counted(ask(t, "issue", params, { now = "2026-11-01T00:00:00-04:00" }), "daily:issue:2026-11-01", 1)
    t.counted(ask(t, "issue", params, { now = "2026-11-01T23:59:59-05:00" }), "daily:issue:2026-11-01", 1)
  end,

  ["a cap on issues leaves redemptions alone"] = function(t)
    local facts = { now = noon, counter = { [issues] = 10, [redemptions] = 10 } }
    t.allowed(ask(t, "redeem", { max = 10 }, facts))
    t.allowed(ask(t, "cancel", { max = 10 }, facts))
  end,

  ["a cap on redemptions leaves issues alone"] = function(t)
    local facts = { now = noon, counter = { [issues] = 10, [redemptions] = 10 } }
    t.allowed(ask(t, "issue", { max = 10, on = "redeem" }, facts))
  end,

  ["redemptions are counted and refused"] = function(t)
    local params = { max = 10, on = "redeem" }
    t.counted(ask(t, "redeem", params, { now = noon, counter = { [redemptions] = 9 } }), redemptions, 1)
    local d = ask(t, "redeem", params, { now = noon, counter = { [redemptions] = 10 } })
    t.denied(d, "daily_cap_reached")
    t.equal(d.sentence, "This coupon has been used as often as it can be today. Please come back tomorrow.")
  end,

  ["a cancelled redemption is given back to its own day"] = function(t)
    local facts = {
      now = noon, coupon = { redeemed_at = "2026-11-20T18:00:00+09:00" },
      counter = { ["daily:redeem:2026-11-20"] = 4, [redemptions] = 7 },
    }
    local d = ask(t, "cancel", { max = 10, on = "redeem" }, facts)
    t.counted(d, "daily:redeem:2026-11-20", -1)
    t.equal(d.count[redemptions], nil)
  end,

  ["a redemption of what was held is given back to the day of the hold"] = function(t)
    local facts = {
      now = noon, coupon = { counted_at = "2026-11-20T23:59:00+09:00", redeemed_at = noon },
      counter = { ["daily:redeem:2026-11-20"] = 4, [redemptions] = 7 },
    }
    local d = ask(t, "cancel", { max = 10, on = "redeem" }, facts)
    t.counted(d, "daily:redeem:2026-11-20", -1)
    t.equal(d.count[redemptions], nil)
  end,

  ["a redemption that was not counted is not given back"] = function(t)
    local d = ask(t, "cancel", { max = 10, on = "redeem" }, { now = noon, coupon = { redeemed_at = noon } })
    t.allowed(d)
    t.equal(d.count[redemptions], nil)
  end,

  ["per user, each user has a count of their own"] = function(t)
    local params = { max = 2, per = "user" }
    local counter = { [of_user("issue", "mina")] = 2 }
    local joon = ask(t, "issue", params, { now = noon, user = { id = "joon" }, counter = counter })
    t.counted(joon, of_user("issue", "joon"), 1)
    local d = ask(t, "issue", params, { now = noon, user = { id = "mina" }, counter = counter })
    t.denied(d, "daily_cap_reached")
    t.equal(d.sentence, "You have reached today's limit. Please come back tomorrow.")
    t.equal(d.detail.today, 2)
  end,

  ["per user, a cancelled redemption is given back to the user"] = function(t)
    local name = of_user("redeem", "mina")
    local facts = { now = noon, user = { id = "mina" }, coupon = { redeemed_at = noon }, counter = { [name] = 1 } }
    t.counted(ask(t, "cancel", { max = 2, on = "redeem", per = "user" }, facts), name, -1)
  end,

  ["the longest ids have counts of their own too"] = function(t)
    local params = { max = 2, per = "user", on = "redeem" }
    local function counter_of(id)
      local d = ask(t, "redeem", params, { now = noon, user = { id = id } })
      t.allowed(d)
      local names = {}
      for name in pairs(d.count) do table.insert(names, name) end
      t.equal(#names, 1)
      t.ok(#names[1] <= 64, names[1])
      return names[1]
    end
    local long = string.rep("x", 127)
    t.equal(counter_of(string.rep("x", 36)), of_user("redeem", string.rep("x", 36)))
    t.equal(counter_of(long .. "1"), counter_of(long .. "1"))
    t.ok(counter_of(long .. "1") ~= counter_of(long .. "2"))
    t.ok(counter_of("1" .. long) ~= counter_of("2" .. long))
    t.ok(counter_of(string.rep("x", 37)) ~= counter_of(string.rep("x", 38)))
  end,
}
