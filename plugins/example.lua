-- A complete rule to learn from: an extra discount during happy hour, for the first orders of each
-- day. plugins/README.md walks through it; plugins/example_test.lua shows how it is tested.

-- What a file defines for itself is local, and never changes while the server runs.

-- Whether it is happy hour, and the local date.
local function happy_hour(p, facts)
  -- Time is a fact, never a clock. A time of day exists only in a zone; take the campaign's.
  local t = local_time(facts.campaign.timezone, facts.now)
  return t.hour >= p.from_hour and t.hour < p.to_hour, string.format("%04d-%02d-%02d", t.year, t.month, t.day)
end

return plugin {
  name = "example",      -- what scripts call it: example { ... }
  version = "1.0.0",     -- raise it when the meaning changes
  priority = 550,        -- lower runs first; after `discount` (500), before `budget` (900)
  doc = "Takes an extra `percent` off during happy hour, for the first `orders` orders of each day.",

  -- What a script may set. The host checks types and limits before any of this code sees a value.
  params = {
    from_hour = { type = "integer", min = 0, max = 23, required = true, doc = "The hour at which it begins." },
    to_hour = { type = "integer", min = 1, max = 24, required = true, doc = "The hour at which it is over." },
    percent = { type = "decimal", min = 0, max = 100, default = 5, doc = "So many per cent off." },
    orders = { type = "integer", min = 1, default = 100, doc = "How many orders a day get it." },
    only = { type = "boolean", default = false, doc = "Refuses the coupon outside happy hour." },
  },

  -- What no single parameter can say. Return a sentence when they do not fit together.
  check = function(p)
    if p.to_hour <= p.from_hour then return "to_hour must be after from_hour" end
  end,

  -- The names of the counters that the hooks below read. They are durable, belong to the campaign,
  -- and start at 0. A name with the date in it makes a counter that starts anew each day.
  counters = function(p, facts)
    local _, date = happy_hour(p, facts)
    return { "happy_hour:" .. date }
  end,

  -- Asked whenever the coupon is about to be used, and by `validate`.
  redeem = function(p, facts)
    local happy, date = happy_hour(p, facts)
    if not happy then
      if not p.only then return end  -- nothing to say: other rules decide
      -- A code for programs, a sentence for the customer, a detail for the operator.
      return deny("not_happy_hour",
        string.format("This coupon can be used from %d:00 to %d:00.", p.from_hour, p.to_hour),
        { from_hour = p.from_hour, to_hour = p.to_hour })
    end

    local order = facts.order
    if not order then return end  -- facts that are absent are nil
    local counter = "happy_hour:" .. date
    if facts.counter[counter] >= p.orders then return end

    return effect {
      discount = percent_of(order.amount, p.percent, "floor"),
      count = { [counter] = 1 },  -- added in the commit that redeems the coupon, or not at all
      note = "happy hour",        -- kept in the decision's trace
    }
  end,
  -- No `cancel`: whoever cancels has had a place in that day's happy hour.
}
