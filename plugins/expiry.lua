-- How long a coupon can be used, and when its holder is reminded.

local hour = 3600 * 1000000

local function zone_of(p, facts)
  return p.timezone or facts.campaign.timezone
end

return plugin {
  name = "expiry", version = "1.0.0", priority = 700,
  doc = "Ends a coupon `days` or `hours` after it was issued (or its code was made), or `at` an instant; "
    .. "of several the earliest.",
  params = {
    days = { type = "integer", min = 1, max = 36500,
      doc = "So many days of the calendar later, at the same time of day." },
    hours = { type = "integer", min = 1, max = 876000, doc = "So many hours later." },
    from = { type = "string", enum = { "issued", "created" }, default = "issued",
      doc = "What days and hours are counted from: \"issued\", when the customer gets the coupon, or \"created\", "
        .. "when its code was made." },
    at = { type = "instant", doc = "A fixed end, such as \"2026-12-31T23:59:59+09:00\"." },
    end_of_day = { type = "boolean", default = false,
      doc = "Lets the coupon live to the end of the day on which it would end." },
    timezone = { type = "zone", doc = "The zone of the calendar. Default: the campaign's." },
    remind_days = { type = "list", of = { type = "integer", min = 1, max = 365 }, min = 1, max = 10,
      doc = "How many days before its last day the holder is reminded: { 7, 3, 1 }. Default: never." },
  },

  check = function(p)
    if not (p.days or p.hours or p.at) then return "give days, hours or at" end
    if p.from == "created" and not (p.days or p.hours) then return "from = \"created\" needs days or hours" end
  end,

  issue = function(p, facts)
    local zone = zone_of(p, facts)
    local from = p.from == "created" and facts.coupon.created_at or facts.now
    local ends = p.at or math.huge
    if p.days then ends = math.min(ends, days_later(zone, from, p.days)) end
    if p.hours then ends = math.min(ends, from + p.hours * hour) end
    if p.end_of_day then
      local _, last = local_day(zone, ends)
      ends = last
    end
    return effect { expires_at = ends }
  end,

  -- Asked about a coupon that somebody holds. A note is the text of the notice; no note, no notice.
  remind = function(p, facts)
    local coupon = facts.coupon
    if not p.remind_days or not coupon.expires_at or coupon.redeemed_at then return end
    local zone = zone_of(p, facts)
    -- A coupon that ends at midnight has its last day before that midnight.
    local first, last = local_day(zone, coupon.expires_at - 1)
    local today = local_time(zone, facts.now)
    for _, days in ipairs(p.remind_days) do
      local day = instant_of(zone, { year = today.year, month = today.month, day = today.day + days, hour = 12 })
      if first <= day and day < last then
        local sentence = days == 1 and "This coupon expires tomorrow."
          or string.format("This coupon expires in %d days.", days)
        return effect { note = sentence }
      end
    end
  end,
}
