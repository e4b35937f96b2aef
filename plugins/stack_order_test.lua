local function ask(t, params, coupons)
  return t.decide { hook = "stack", rules = { stack_order(params) },
    facts = { order = { amount = 10000, currency = "KRW" }, coupons = coupons } }
end

local coupons = {
  { group = "a", discount = 500, issued_at = "2026-01-03T00:00:00Z" },
  { group = "b", discount = 900, issued_at = "2026-01-02T00:00:00Z", expires_at = "2026-03-01T00:00:00Z" },
  { group = "a", discount = 100, issued_at = "2026-01-02T00:00:00Z", expires_at = "2026-02-01T00:00:00Z" },
  { group = "c", discount = 900, issued_at = "2026-01-01T00:00:00Z" },
}

return test "stack_order" {
  ["what ends first is applied first, and what never ends last"] = function(t)
    local d = ask(t, {}, coupons)
    t.equal(d.order, { 3, 2, 1, 4 })
    t.equal(d.base, "remaining")
  end,

  ["by when it was issued"] = function(t) t.equal(ask(t, { by = "issued" }, coupons).order, { 4, 2, 3, 1 }) end,

  ["by what it would give alone"] = function(t)
    t.equal(ask(t, { by = "largest" }, coupons).order, { 2, 4, 1, 3 })
    t.equal(ask(t, { by = "smallest" }, coupons).order, { 3, 1, 2, 4 })
  end,

  ["groups come before all else, and those that are not named after them"] = function(t)
    t.equal(ask(t, { first = { "c", "a" } }, coupons).order, { 4, 3, 1, 2 })
    t.equal(ask(t, { first = { "nobody's" } }, coupons).order, { 3, 2, 1, 4 })
  end,

  ["from the whole order"] = function(t) t.equal(ask(t, { base = "original" }, coupons).base, "original") end,

  ["each coupon has its turn once"] = function(t)
    for _, by in ipairs { "expiry", "issued", "largest", "smallest" } do
      t.forall {
        runs = 25,
        hook = "stack",
        rules = { stack_order { first = { "group-2" }, by = by } },
        holds = {
          ["an order of all places"] = function(d, facts)
            local seen = 0
            for _, place in ipairs(d.order) do seen = seen + place end
            return #d.order == #facts.coupons and seen == #d.order * (#d.order + 1) / 2
          end,
        },
      }
    end
  end,
}
