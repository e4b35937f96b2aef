-- When coupons are given out: windows of a day, days of the week, a range of dates, and how many
-- coupons each window has.
--
-- A window opens at a wall-clock time and stays open for so much real time; its opening instant
-- belongs to it, its closing instant does not. A time that the change to daylight saving skips
-- opens at the change; a time that occurs twice opens the first time only. So every day has every
-- window once, and each is as long as the script says. `days` and the dates are those of the day
-- on which a window opens, also when it runs past midnight.

local second = 1000000
local hour = 3600 * second
local day_length = 24 * hour

local weekdays = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" }
local units = { s = second, m = 60 * second, h = hour }

-- The number that the bytes `first` to `last` of `text` spell; nil unless all of them are digits.
-- (tonumber would also take " 1", "0x1" and "1e0".)
local function digits(text, first, last)
  if last < first or last > #text then return nil end
  local number = 0
  for i = first, last do
    local byte = string.byte(text, i)
    if byte < 48 or byte > 57 then return nil end
    number = number * 10 + byte - 48
  end
  return number
end

-- "10:00/90s": { text, hour, minute, start (µs after midnight), length (µs) }; nil when malformed.
local function parse_window(text)
  if string.sub(text, 3, 3) ~= ":" or string.sub(text, 6, 6) ~= "/" then return nil end
  local at_hour, at_minute = digits(text, 1, 2), digits(text, 4, 5)
  local count, unit = digits(text, 7, #text - 1), units[string.sub(text, -1)]
  if not (at_hour and at_minute and count and unit) then return nil end
  local length = count * unit
  if at_hour > 23 or at_minute > 59 or length == 0 or length > day_length then return nil end
  local start = at_hour * hour + at_minute * 60 * second
  return { text = text, hour = at_hour, minute = at_minute, start = start, length = length }
end

-- { year, month, day, hour = 12 } of "2026-11-21"; nil when there is no such day, or when its
-- instants would not fit into 53 bits.
local function parse_date(text)
  local year, month, day = digits(text, 1, 4), digits(text, 6, 7), digits(text, 9, 10)
  if #text ~= 10 or string.sub(text, 5, 5) ~= "-" or string.sub(text, 8, 8) ~= "-" then return nil end
  if not (year and month and day) or year < 1970 or year > 2254 then return nil end
  if month < 1 or month > 12 then return nil end
  local date = { year = year, month = month, day = day, hour = 12 }
  local found = local_time("UTC", instant_of("UTC", date))
  if found.year ~= year or found.month ~= month or found.day ~= day then return nil end
  return date
end

local whole_day = { start = 0 }

local function windows_of(p)
  if not p.daily then return { whole_day } end
  local windows = {}
  for i, text in ipairs(p.daily) do windows[i] = parse_window(text) end
  return windows
end

local function day_at(zone, instant)
  local first, last = local_day(zone, instant)
  local date = local_time(zone, first)
  return {
    zone = zone, first = first, last = last, year = date.year, month = date.month, day = date.day,
    name = string.format("%04d-%02d-%02d", date.year, date.month, date.day),
    weekday = weekdays[date.weekday],
  }
end

local function runs_on(p, day)
  if p.first_day and day.name < p.first_day then return false end
  if p.last_day and day.name > p.last_day then return false end
  if not p.days then return true end
  for _, weekday in ipairs(p.days) do
    if weekday == day.weekday then return true end
  end
  return false
end

-- The instants at which a day's window opens and closes.
local function span(day, window)
  if window == whole_day then return day.first, day.last end
  local opens = day.first + window.start
  if day.last - day.first ~= day_length then  -- the clocks change on this day: ask the zone
    opens = instant_of(day.zone, {
      year = day.year, month = day.month, day = day.day, hour = window.hour, minute = window.minute,
    })
  end
  return opens, opens + window.length
end

-- How many days back a window may have opened that is still open. A change of the clocks can make
-- days shorter; three hours is more than any change takes away.
local function days_back(windows)
  local reach = 0
  for _, window in ipairs(windows) do
    if window ~= whole_day then reach = math.max(reach, window.start + window.length) end
  end
  if reach > 2 * day_length - 3 * hour then return 2 end
  return reach > day_length - 3 * hour and 1 or 0
end

local function zone_of(p, facts)
  return p.timezone or facts.campaign.timezone
end

-- The name of the counter of the window that is open now, and when that opens and closes; nil when
-- none is. Should a change of the clocks push two windows together, the one that opened last counts.
local function open_window(p, facts, windows)
  local now = facts.now
  local day = day_at(zone_of(p, facts), now)
  for back = days_back(windows), 0, -1 do
    if runs_on(p, day) then
      local latest, latest_opens, latest_closes
      for _, window in ipairs(windows) do
        local opens, closes = span(day, window)
        if opens <= now and now < closes and (not latest or window.start > latest.start) then
          latest, latest_opens, latest_closes = window, opens, closes
        end
      end
      if latest == whole_day then return "window:" .. day.name, latest_opens, latest_closes end
      if latest then
        return string.format("window:%sT%s", day.name, string.sub(latest.text, 1, 5)), latest_opens, latest_closes
      end
    end
    if back > 0 then day = day_at(day.zone, day.first - 1) end
  end
  return nil
end

-- When the next window opens and closes; nil when none does while the campaign runs.
local function next_opening(p, facts, windows)
  local now, zone = facts.now, zone_of(p, facts)
  local day = day_at(zone, now)
  if p.first_day and day.name < p.first_day then
    day = day_at(zone, instant_of(zone, parse_date(p.first_day)))
  end
  for _ = 1, 8 do  -- today, and the same day of next week
    if p.last_day and day.name > p.last_day then return nil end
    if runs_on(p, day) then
      local earliest, earliest_closes
      for _, window in ipairs(windows) do
        local opens, closes = span(day, window)
        if opens > now and (not earliest or opens < earliest) then earliest, earliest_closes = opens, closes end
      end
      local ends_at = facts.campaign.ends_at
      if earliest and ends_at and earliest >= ends_at then return nil end
      if earliest then return earliest, earliest_closes end
    end
    day = day_at(zone, day.last)
  end
  return nil
end

-- The end of the run of whole days that the one at an instant belongs to; nil when it has none.
local function run_end(p, facts, closes)
  if p.quota then return closes end  -- every day has coupons of its own
  for _ = 1, 7 do
    local day = day_at(zone_of(p, facts), closes)
    if not runs_on(p, day) then return closes end
    closes = day.last
  end
  -- Every day of the week: up to the last date, if there is one.
  if not p.last_day then return nil end
  local _, last = local_day(zone_of(p, facts), instant_of(zone_of(p, facts), parse_date(p.last_day)))
  return last
end

local function in_words(zone, instant)
  local t = local_time(zone, instant)
  return string.format("%04d-%02d-%02d at %02d:%02d (%s)", t.year, t.month, t.day, t.hour, t.minute, zone)
end

local function check_windows(p)
  for _, text in ipairs(p.daily) do
    if not parse_window(text) then
      return string.format("daily: %q is not HH:MM/DURATION, where DURATION is 30s, 1m or 2h, at most 24h", text)
    end
  end
  local windows = windows_of(p)
  table.sort(windows, function(a, b) return a.start < b.start end)
  for i, window in ipairs(windows) do
    local following = windows[i + 1] or windows[1]
    local opens = following.start + (windows[i + 1] and 0 or day_length)
    if window.start + window.length > opens then
      return string.format("daily: the windows %s and %s overlap", window.text, following.text)
    end
  end
end

return plugin {
  name = "event_window", version = "1.0.0", priority = 100,
  doc = "Gives coupons out only while a window is open, and at most `quota` in each window.",
  params = {
    timezone = { type = "zone",
      doc = "The zone that the times and days are in, such as \"Asia/Seoul\". Default: the campaign's." },
    daily = { type = "list", of = { type = "string", max_length = 12 }, min = 1, max = 96,
      doc = "The windows of a day, each \"HH:MM/DURATION\": \"10:00/1m\", \"09:30/30s\", \"22:00/4h\". "
        .. "Default: the whole day." },
    days = { type = "list", of = { type = "string", enum = weekdays }, min = 1, max = 7,
      doc = "The days of the week on which windows open: { \"sat\", \"sun\" }. Default: every day." },
    first_day = { type = "string", max_length = 10,
      doc = "The first date on which windows open, \"2026-11-21\". Default: no first." },
    last_day = { type = "string", max_length = 10, doc = "The last date on which windows open. Default: no last." },
    quota = { type = "integer", min = 1, doc = "How many coupons each window has. Default: as many as the campaign." },
  },

  check = function(p)
    if not (p.daily or p.days or p.first_day or p.last_day or p.quota) then
      return "give daily, days, first_day, last_day or quota: without any the event is always open"
    end
    for _, name in ipairs { "first_day", "last_day" } do
      if p[name] and not parse_date(p[name]) then
        return string.format("%s: %q is not a date from 1970 to 2254 such as \"2026-11-21\"", name, p[name])
      end
    end
    if p.first_day and p.last_day and p.last_day < p.first_day then return "last_day is before first_day" end
    if p.daily then return check_windows(p) end
  end,

  counters = function(p, facts)
    return { p.quota and open_window(p, facts, windows_of(p)) }
  end,

  window = function(p, facts)
    local windows = windows_of(p)
    local _, opens, closes = open_window(p, facts, windows)
    if not opens then opens, closes = next_opening(p, facts, windows) end
    if opens and not p.daily then return opens, run_end(p, facts, closes) end
    return opens, closes
  end,

  issue = function(p, facts)
    local windows, zone = windows_of(p), zone_of(p, facts)
    local window = open_window(p, facts, windows)
    if not window then
      local opens_at = next_opening(p, facts, windows)
      local sentence = opens_at and "The event is not open now. It opens on " .. in_words(zone, opens_at) .. "."
        or "The event is over."
      return deny("outside_event_window", sentence, { opens_at = opens_at, timezone = zone })
    end
    if not p.quota then return end  -- no limit, no counter

    local given = facts.counter[window]
    if given >= p.quota then
      local opens_at = next_opening(p, facts, windows)
      local sentence = opens_at
        and "All coupons of this window are gone. The next one opens on " .. in_words(zone, opens_at) .. "."
        or "All coupons of the last window are gone."
      return deny("window_sold_out", sentence,
        { window = window, quota = p.quota, given = given, opens_at = opens_at })
    end
    return effect { count = { [window] = 1 } }
  end,
}
