-- How long a coupon can be used, and when its holder is reminded.

local hour = 3600 * 1000000

local function zone_of(p, facts)
  return p.timezone or facts.campaign.timezone
end

-- So many midnights lie between two instants. Counted from noon to noon: a day may have 23 or 25 hours.
local function days_between(zone, from, to)
  local a, b = local_time(zone, from), local_time(zone, to)
  local noon = instant_of(zone, { year = a.year, month = a.month, day = a.day, hour = 12 })
  local last_noon = instant_of(zone, { year = b.year, month = b.month, day = b.day, hour = 12 })
  return math.floor((last_noon - noon) / (24 * hour) + 0.5)
end

-- What the holder is told when so many days are left; 0: this is the last one.
local function notice(p, days)
  if days == 0 and p.remind_text_today then return p.remind_text_today end
  if p.remind_text then return table.concat(string.split(p.remind_text, "{days}"), tostring(days)) end
  if days == 0 then return "This coupon expires today." end
  if days == 1 then return "This coupon expires tomorrow." end
  return string.format("This coupon expires in %d days.", days)
end

return plugin {
  name = "expiry", version = "1.1.0", priority = 700,
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
    remind_text = { type = "string", max_length = 300,
      doc = "What the holder is told; {days} stands for the days that are left. Default: a sentence in English." },
    remind_text_today = { type = "string", max_length = 300,
      doc = "The same on the last day, which only who was not reminded before is told. Default: remind_text." },
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

  -- Asked once a day about a coupon that somebody holds. A note is the text of the notice; no note,
  -- no notice. Of several days that have come the nearest counts, so a server that was down on a day
  -- makes up for it, and says how many days are really left.
  remind = function(p, facts)
    local coupon = facts.coupon
    if not p.remind_days or not coupon.expires_at or coupon.redeemed_at then return end
    local zone = zone_of(p, facts)
    -- A coupon that ends at midnight has its last day before that midnight.
    local last = coupon.expires_at - 1
    local left = days_between(zone, facts.now, last)
    local due = nil
    for _, days in ipairs(p.remind_days) do
      if days >= left and (not due or days < due) then due = days end
    end
    if not due then return end
    -- Who got the coupon after that day knows its end from then.
    if coupon.issued_at and days_between(zone, coupon.issued_at, last) < due then return end
    return effect { note = notice(p, left), once = due }
  end,

  remind_from = function(p)
    if not p.remind_days then return end
    local most = 0
    for _, days in ipairs(p.remind_days) do most = math.max(most, days) end
    return most, p.timezone
  end,
}
