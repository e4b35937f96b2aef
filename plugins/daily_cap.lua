-- How many coupons are given out, or used, in a day. The day is the local one: it begins at
-- midnight in the zone, and is 23 or 25 hours long when the clocks change.
--
-- `per = "user"` keeps one counter for each user and day, a stored row each, which is dropped some
-- days later. Where a limit per user for the whole campaign will do, per_user_limit does it without;
-- for weeks, months, money, or several limits at once there is quota.

-- The counter of today; of the day on which a redemption was counted when it is cancelled.
local function counter_of(p, facts)
  local instant = facts.coupon and facts.coupon.counted_at or facts.now
  local t = local_time(p.timezone or facts.campaign.timezone, instant)
  local day = string.format("%04d-%02d-%02d", t.year, t.month, t.day)
  if p.per == "campaign" then return "daily:" .. p.on .. ":" .. day end
  local id = facts.user.id  -- nil: issued to nobody
  return id and "daily:" .. p.on .. ":u:" .. short(id) .. "@" .. day
end

local function count_one(p, facts)
  local counter = counter_of(p, facts)
  if not counter then return end
  local today = facts.counter[counter]
  if today >= p.max then
    local sentence = p.per == "user" and "You have reached today's limit. Please come back tomorrow."
      or "Today's coupons are gone. Please come back tomorrow."
    if p.on == "redeem" and p.per == "campaign" then
      sentence = "This coupon has been used as often as it can be today. Please come back tomorrow."
    end
    return deny("daily_cap_reached", sentence, { max = p.max, today = today, on = p.on, per = p.per })
  end
  return effect { count = { [counter] = 1 } }
end

return plugin {
  name = "daily_cap", version = "1.1.0", priority = 300,
  doc = "At most `max` coupons are issued (or redeemed) per local day, over the campaign or per user.",
  params = {
    max = { type = "integer", min = 1, required = true, doc = "How many a day." },
    on = { type = "string", enum = { "issue", "redeem" }, default = "issue", doc = "What is counted." },
    per = { type = "string", enum = { "campaign", "user" }, default = "campaign",
      doc = "Over all users together, or for each." },
    timezone = { type = "zone", doc = "The zone whose midnight begins a day. Default: the campaign's." },
  },

  counters = function(p, facts)
    return { counter_of(p, facts) }
  end,

  issue = function(p, facts)
    if p.on == "issue" then return count_one(p, facts) end
  end,

  redeem = function(p, facts)
    if p.on == "redeem" then return count_one(p, facts) end
  end,

  -- Gives a cancelled redemption back to the day on which it happened.
  cancel = function(p, facts)
    if p.on ~= "redeem" then return end
    local counter = counter_of(p, facts)
    -- 0: it was redeemed before the policy had this rule.
    if counter and facts.counter[counter] > 0 then return effect { count = { [counter] = -1 } } end
  end,
}
