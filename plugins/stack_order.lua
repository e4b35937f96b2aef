-- In which order the coupons of one order are applied, and what each is computed from.

-- Where a group stands in the list; those that it does not name come after all.
local function rank(first, group)
  for place, each in ipairs(first) do
    if each == group then return place end
  end
  return #first + 1
end

local before = {
  -- Nil: the one has no end. What ends first is used first.
  expiry = function(a, b)
    if a.expires_at == b.expires_at then return nil end
    if not a.expires_at or not b.expires_at then return a.expires_at ~= nil end
    return a.expires_at < b.expires_at
  end,
  issued = function(a, b)
    if a.issued_at == b.issued_at then return nil end
    return a.issued_at < b.issued_at
  end,
  largest = function(a, b)
    if a.discount == b.discount then return nil end
    return a.discount > b.discount
  end,
  smallest = function(a, b)
    if a.discount == b.discount then return nil end
    return a.discount < b.discount
  end,
}

return plugin {
  name = "stack_order", version = "1.0.0", priority = 610,
  doc = "The order in which coupons are applied: by their groups, then by `by`, then by campaign and code. With the "
    .. "base \"remaining\" percentages that come first are worth more, so put their groups first.",
  params = {
    first = { type = "list", of = { type = "string", max_length = 64 }, max = 64, default = {},
      doc = "Groups in the order in which they are applied; all others come after them." },
    by = { type = "string", enum = { "expiry", "issued", "largest", "smallest" }, default = "expiry",
      doc = "Within a group: what ends first, what was issued first, or by what each would give alone." },
    base = { type = "string", enum = { "remaining", "original" }, default = "remaining",
      doc = "What a coupon's own rules see as the order's amount: what is left by those before it, or the whole." },
  },

  stack = function(p, facts)
    local coupons = facts.coupons
    local order = {}
    for place = 1, #coupons do order[place] = place end
    table.sort(order, function(i, j)
      local a, b = coupons[i], coupons[j]
      local rank_a, rank_b = rank(p.first, a.group), rank(p.first, b.group)
      if rank_a ~= rank_b then return rank_a < rank_b end
      local sooner = before[p.by](a, b)
      if sooner ~= nil then return sooner end
      return i < j
    end)
    return effect { order = order, base = p.base }
  end,
}
