-- Which users a coupon is for, by one of the attributes that the shop has told about them
-- (PUT /api/v1/users/{id}/attributes). For two attributes use the rule twice, under two names.

local function holds(list, value)
  for _, held in ipairs(list) do
    if held == value then return true end
  end
  return false
end

-- Why a user with this value is outside the segment; nil when inside.
local function objection(p, value)
  if p.none_of and value ~= nil and holds(p.none_of, value) then return "excluded" end
  local wanted = p.any_of or p.min or p.max
  if wanted == nil then return nil end
  if value == nil then return "missing" end
  if p.any_of and not holds(p.any_of, value) then return "not listed" end
  if not (p.min or p.max) then return nil end
  if type(value) ~= "number" then return "not a number" end
  if p.min and value < p.min then return "below min" end
  if p.max and value > p.max then return "above max" end
end

-- A hook that checks the user where the rule is to apply.
local function check_on(hook)
  return function(p, facts)
    if p.on ~= "both" and p.on ~= hook then return end
    local reason = objection(p, facts.user.attributes[p.attribute])
    if reason then
      return deny("not_in_segment", "This coupon is not available to you.",
        { attribute = p.attribute, reason = reason })
    end
  end
end

local function scalars(doc)
  return { type = "list", of = { type = "scalar" }, min = 1, max = 1000, doc = doc }
end

return plugin {
  name = "segment", version = "1.0.0", priority = 150,
  doc = "Only for users whose `attribute` is one of some values, none of others, or a number in a range; "
    .. "all that is given must hold.",
  params = {
    attribute = { type = "string", max_length = 64, required = true,
      doc = "The name of the attribute, such as \"tier\"." },
    any_of = scalars("The value is one of these; a missing one is not. \"3\" is text and 3 a number: they differ."),
    none_of = scalars("The value is none of these; a missing value is fine."),
    min = { type = "integer", doc = "The value is a number, at least this." },
    max = { type = "integer", doc = "The value is a number, at most this." },
    on = { type = "string", enum = { "issue", "redeem", "both" }, default = "both",
      doc = "When the user is looked at. \"issue\" lets a user who leaves the segment still use the coupon." },
  },

  check = function(p)
    if p.any_of == nil and p.none_of == nil and p.min == nil and p.max == nil then
      return "give any_of, none_of, min or max"
    end
    if p.min and p.max and p.max < p.min then return "max is below min" end
  end,

  issue = check_on "issue",
  redeem = check_on "redeem",
}
