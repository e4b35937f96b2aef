-- Limits by period: how many coupons are issued or redeemed, and how much money is given away, in a
-- day, a week, a month or the whole campaign; for each user, for each subject, or over all together.
--
-- A day begins at midnight in the zone, a week on Monday, a month on its first. When the clocks change
-- a day of 23 or 25 hours is one day. What is refused says when it is open again.
--
-- A limit on money refuses the redemption that would pass it whole: nobody gets half of the discount
-- that the shop has shown. A smaller one may still fit. It goes by what the rules before it have granted
-- on this order (it runs at 900), so it needs to know nothing about how a discount is computed.
--
-- What the host counts anyway (coupons of a user or of the campaign, issued ever or redeemed now) takes
-- no counter, and what has no limit counts nothing. A counter of a period ends with it: its name says
-- its last day, and the host drops it some days later.

local units = { daily = "day", weekly = "week", monthly = "month", campaign = "all" }

-- Which hooks a limit is about.
local hooks = {
  issued = { issue = true },
  redeemed = { redeem = true, cancel = true },
  discount = { redeem = true, cancel = true },
}

-- When the period around an instant ends and the limit starts anew; nil: it never does.
local function end_of(period, zone, instant)
  if period == "campaign" then return nil end
  if period == "daily" then
    local _, last = local_day(zone, instant)
    return last
  end
  local t = local_time(zone, instant)
  if period == "weekly" then
    return instant_of(zone, { year = t.year, month = t.month, day = t.day + 8 - t.weekday })
  end
  return instant_of(zone, { year = t.year, month = t.month + 1, day = 1 })
end

-- Whom a limit counts for, as its counter is named; nil: nobody.
local function holder_of(limit, facts)
  if limit.per == "campaign" then return "" end
  if limit.per == "user" then return facts.user.id and ":u:" .. short(facts.user.id) end
  return facts.subject and ":s:" .. short(facts.subject)
end

-- The host's own count of what a limit is on, which needs no counter; nil: it has none.
local function known(limit, facts)
  if limit.period ~= "campaign" or limit.what == "discount" or limit.per == "subject" then return nil end
  local counted = limit.per == "user" and facts.user or facts.campaign
  if limit.what == "issued" then return counted.issued end
  return counted.redeemed
end

-- "issued:day:u:mina@2026-11-21", at most 64 bytes: the last day tells one period from the next.
local function counter_of(limit, holder, zone, resets_at)
  local name = limit.what .. ":" .. units[limit.period] .. holder
  if not resets_at then return name end
  local t = local_time(zone, resets_at - 1)
  return string.format("%s@%04d-%02d-%02d", name, t.year, t.month, t.day)
end

-- The limits that the hook is about: { limit, counter (nil: the host counts), resets_at (or nil) }.
-- A redemption is taken back from the period in which it was counted.
local function concerned(p, facts)
  local zone = p.timezone or facts.campaign.timezone
  local instant = facts.hook == "cancel" and facts.coupon.counted_at or facts.now
  local found = {}
  for _, limit in ipairs(p.limits) do
    local holder = limit.limit and hooks[limit.what][facts.hook] and holder_of(limit, facts)
    if holder then
      local resets_at = end_of(limit.period, zone, instant)
      local counter = not known(limit, facts) and counter_of(limit, holder, zone, resets_at) or nil
      table.insert(found, { limit = limit, counter = counter, resets_at = resets_at })
    end
  end
  return found
end

local function rfc3339(zone, instant)
  local t = local_time(zone, instant)
  local east = math.floor(math.abs(t.offset) / 60)
  return string.format("%04d-%02d-%02dT%02d:%02d:%02d%s%02d:%02d", t.year, t.month, t.day, t.hour, t.minute, t.second,
    t.offset < 0 and "-" or "+", math.floor(east / 60), east % 60)
end

local function in_words(zone, instant)
  local t = local_time(zone, instant)
  return string.format("%04d-%02d-%02d at %02d:%02d (%s)", t.year, t.month, t.day, t.hour, t.minute, zone)
end

local when = { daily = " today", weekly = " this week", monthly = " this month", campaign = "" }
local whose = { daily = "today's", weekly = "this week's", monthly = "this month's", campaign = "the" }

local function sentence_of(limit, used)
  local now = when[limit.period]
  local own = limit.per == "user"
  if limit.what == "issued" then
    if own then return "You have reached " .. whose[limit.period] .. " limit of coupons." end
    return "All coupons have been given out" .. now .. "."
  end
  if limit.what == "redeemed" then
    if own then return "You have used as many of these coupons as you can" .. now .. "." end
    return "These coupons have been used as often as they can be" .. now .. "."
  end
  if used < limit.limit then return "What is left" .. now .. " does not cover the discount on this order." end
  if own then return "You have had all the discounts that you can get" .. now .. "." end
  return "All discounts of this offer have been given out" .. now .. "."
end

local function refusal(p, facts, refused)
  local limit, used, resets_at = refused.limit, refused.used, refused.resets_at
  -- A campaign that is over gives no more coupons; those that it gave can still be used.
  local ends_at = limit.what == "issued" and facts.campaign.ends_at
  if resets_at and ends_at and ends_at <= resets_at then resets_at = nil end
  local zone = p.timezone or facts.campaign.timezone
  local sentence = sentence_of(limit, used)
  if resets_at then sentence = sentence .. " Please come back on " .. in_words(zone, resets_at) .. "." end
  return deny("quota_reached", sentence, {
    what = limit.what, limit = limit.limit, period = limit.period, per = limit.per, used = used,
    resets_at = resets_at and rfc3339(zone, resets_at),
  })
end

-- Of two limits that are reached, the one that stays so for longer is told: the other would send the
-- customer back too early.
local function lasts_longer(one, other)
  return not other or other.resets_at and (not one.resets_at or one.resets_at > other.resets_at)
end

-- `amounts`: how much this decision adds to each kind.
local function claim(p, facts, amounts)
  local counts, counted, refused = {}, false, nil
  for _, each in ipairs(concerned(p, facts)) do
    local limit = each.limit
    local amount = amounts[limit.what]
    each.used = each.counter and facts.counter[each.counter] or known(limit, facts)
    if amount > 0 then
      if limit.what == "discount" and p.currency and facts.order.currency ~= p.currency then
        return deny("currency_mismatch", "This coupon is for orders in " .. p.currency .. ".",
          { currency = facts.order.currency, accepted = p.currency })
      end
      if amount > limit.limit - each.used and lasts_longer(each, refused) then refused = each end
      if each.counter then counts[each.counter], counted = amount, true end
    end
  end
  if refused then return refusal(p, facts, refused) end
  if counted then return effect { count = counts } end
end

return plugin {
  name = "quota", version = "1.0.0", priority = 900,
  doc = "Limits on coupons issued, coupons redeemed and money given away, by day, week, month or campaign; "
    .. "for each user, for each subject, or over all together.",
  params = {
    limits = {
      type = "list", max = 16, required = true, doc = "All of them hold. An empty list is no limit.",
      of = {
        type = "record",
        fields = {
          what = { type = "string", enum = { "issued", "redeemed", "discount" }, required = true,
            doc = "What is counted: coupons given out, coupons used, or the money that comes off." },
          limit = { type = "integer", min = 0, or_false = true,
            doc = "The most of it; money in minor units. Left out, or false: no limit, and nothing is counted." },
          period = { type = "string", enum = { "daily", "weekly", "monthly", "campaign" }, required = true,
            doc = "In which time. A week begins on Monday." },
          per = { type = "string", enum = { "user", "subject", "campaign" }, required = true,
            doc = "For each user, for each subject (a work, a product, a store), or over all together." },
        },
      },
    },
    timezone = { type = "zone", doc = "The zone whose midnight begins a day. Default: the campaign's." },
    currency = { type = "currency",
      doc = "The currency of the limits on discounts; those in any other are refused, for they cannot be added up. "
        .. "Give it unless the shop has one currency only." },
  },

  check = function(p)
    local seen = {}
    for _, limit in ipairs(p.limits) do
      local name = string.format("%s, %s, per %s", limit.what, limit.period, limit.per)
      if seen[name] then return "limits: two of them are on the same (" .. name .. ")" end
      seen[name] = true
    end
  end,

  counters = function(p, facts)
    local names = {}
    for _, each in ipairs(concerned(p, facts)) do table.insert(names, each.counter) end
    return names
  end,

  issue = function(p, facts)
    return claim(p, facts, { issued = 1 })
  end,

  redeem = function(p, facts)
    return claim(p, facts, { redeemed = 1, discount = facts.discount })
  end,

  cancel = function(p, facts)
    local coupon = facts.coupon
    local in_currency = not p.currency or coupon.currency == p.currency
    local amounts = { redeemed = 1, discount = in_currency and coupon.discount or 0 }
    local counts, counted = {}, false
    for _, each in ipairs(concerned(p, facts)) do
      -- Never more than was counted: it may have been redeemed before the policy had the limit.
      local back = each.counter and math.min(amounts[each.limit.what], facts.counter[each.counter]) or 0
      if back > 0 then counts[each.counter], counted = -back, true end
    end
    if counted then return effect { count = counts } end
  end,
}
