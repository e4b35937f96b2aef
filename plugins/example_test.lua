-- A test is a title and a function that makes decisions and says what they must be. Reload runs all
-- of them: a set whose tests fail never goes into force.

-- 17:00 to 19:00 in Seoul, for two orders a day.
local params = { from_hour = 17, to_hour = 19, percent = 10, orders = 2 }
local counter = "happy_hour:2026-11-21"

-- Only what a test is about is written down; the other facts have defaults.
local function use(t, time, more)
  local facts = {
    now = "2026-11-21T" .. time .. "+09:00",
    campaign = { timezone = "Asia/Seoul" },
    order = { amount = 20000, currency = "KRW" },
  }
  for name, value in pairs(more or {}) do facts[name] = value end
  return t.decide { hook = "redeem", rules = { example(params) }, facts = facts }
end

return test "example" {
  ["an order in happy hour gets the discount and is counted"] = function(t)
    local d = use(t, "18:00:00")
    t.discount(d, 2000)
    t.counted(d, counter, 1)
    t.equal(d.notes, { "happy hour" })
  end,

  -- Limits are where rules go wrong: test the instant before and the instant itself.
  ["happy hour begins with its first instant and ends before its last"] = function(t)
    t.equal(use(t, "16:59:59.999999").discount, nil)
    t.discount(use(t, "17:00:00"), 2000)
    t.discount(use(t, "18:59:59.999999"), 2000)
    t.equal(use(t, "19:00:00").discount, nil)
  end,

  ["the day's last place is given, and then the coupon is worth no more than usual"] = function(t)
    t.discount(use(t, "18:00:00", { counter = { [counter] = 1 } }), 2000)
    local d = use(t, "18:00:00", { counter = { [counter] = 2 } })
    t.allowed(d)
    t.equal(d.discount, nil)
    t.equal(d.count[counter], nil)
  end,

  ["yesterday's orders do not count"] = function(t)
    t.discount(use(t, "18:00:00", { counter = { ["happy_hour:2026-11-20"] = 2 } }), 2000)
  end,

  ["without an order there is nothing to take off"] = function(t)
    local d = t.decide {
      hook = "redeem", rules = { example { from_hour = 0, to_hour = 24 } }, facts = { campaign = { timezone = "UTC" } },
    }
    t.allowed(d)
    t.equal(d.discount, nil)
  end,

  ["with `only` the coupon is refused outside happy hour"] = function(t)
    local rule = example { from_hour = 17, to_hour = 19, only = true }
    local d = t.decide { hook = "redeem", rules = { rule }, facts = { now = "2026-11-21T12:00:00Z" } }
    t.denied(d, "not_happy_hour")
    t.equal(d.sentence, "This coupon can be used from 17:00 to 19:00.")
    t.equal(d.detail, { from_hour = 17, to_hour = 19 })
  end,
}
