-- Which coupons go together on one order. A campaign's group is `stacking_group` of its metadata, or
-- "default". Groups that this rule does not name go together with all that do not say otherwise.

-- The codes of the coupons for which `chosen` holds: whom a refusal is about.
local function codes_of(coupons, chosen)
  local codes = {}
  for _, coupon in ipairs(coupons) do
    if chosen(coupon) then table.insert(codes, coupon.code) end
  end
  return codes
end

local function contains(list, value)
  for _, each in ipairs(list) do
    if each == value then return true end
  end
  return false
end

-- Whether a group takes another beside it.
local function takes(said, other)
  if not said or said.group == other then return true end
  if said.alone then return false end
  return said.with == nil or contains(said.with, other)
end

return plugin {
  name = "stack_groups", version = "1.0.0", priority = 600,
  doc = "How many coupons an order takes, and which groups go together, by `stacking_group` of their campaigns' "
    .. "metadata.",
  params = {
    most = { type = "integer", min = 1, max = 20, doc = "So many coupons an order. Default: 20." },
    groups = { type = "list", default = {}, max = 64,
      doc = "What holds for a group; one that is not listed goes together with all others.",
      of = { type = "record", fields = {
        group = { type = "string", required = true, max_length = 64 },
        most = { type = "integer", min = 1, max = 20, doc = "So many of the group an order." },
        alone = { type = "boolean", default = false, doc = "No other group beside it." },
        with = { type = "list", of = { type = "string", max_length = 64 },
          doc = "Only these groups beside it. Default: all." },
      } } },
  },

  check = function(p)
    local seen = {}
    for _, each in ipairs(p.groups) do
      if seen[each.group] then return "groups has '" .. each.group .. "' twice" end
      seen[each.group] = true
      if each.alone and each.with then return "group '" .. each.group .. "' is alone and with others" end
    end
  end,

  stack = function(p, facts)
    local coupons = facts.coupons
    if p.most and #coupons > p.most then
      return deny("too_many_coupons", string.format("At most %d coupons can be used on one order.", p.most),
        { coupons = #coupons, most = p.most })
    end

    local said, count = {}, {}
    for _, each in ipairs(p.groups) do said[each.group] = each end
    for _, coupon in ipairs(coupons) do
      local group = coupon.group
      count[group] = (count[group] or 0) + 1
      local most = said[group] and said[group].most
      if most and count[group] > most then
        return deny("too_many_coupons", string.format("At most %d of these coupons can be used on one order.", most),
          { group = group, most = most, coupons = codes_of(coupons, function(c) return c.group == group end) })
      end
    end

    -- By coupon and not by group, so that the first pair that does not fit is always the same.
    for i, one in ipairs(coupons) do
      for j = i + 1, #coupons do
        local other = coupons[j]
        if not takes(said[one.group], other.group) or not takes(said[other.group], one.group) then
          return deny("not_combinable", "These coupons cannot be used together.",
            { groups = { one.group, other.group }, coupons = { one.code, other.code } })
        end
      end
    end
  end,
}
