local function ask(t, ...)
  local coupons = {}
  for i, group in ipairs { ... } do coupons[i] = { code = "C" .. i, group = group } end
  return t.decide { hook = "stack", policy = "stacking",
    facts = { order = { amount = 30000, currency = "KRW" }, coupons = coupons } }
end

return test "stacking" {
  ["a coupon alone is fine"] = function(t)
    t.allowed(ask(t, "default"))
    t.allowed(ask(t, "exclusive"))
  end,

  ["one of a kind, three in all"] = function(t)
    t.allowed(ask(t, "default", "member", "shipping"))
    t.denied(ask(t, "default", "default"), "too_many_coupons")
    t.denied(ask(t, "member", "member"), "too_many_coupons")
    t.denied(ask(t, "default", "member", "shipping", "shipping"), "too_many_coupons")
  end,

  ["exclusive ones stand alone"] = function(t)
    t.denied(ask(t, "default", "exclusive"), "not_combinable")
    t.denied(ask(t, "exclusive", "exclusive"), "too_many_coupons")
  end,

  ["members' coupons are applied first, to the whole"] = function(t)
    local d = ask(t, "default", "shipping", "member")
    t.equal(d.order, { 3, 1, 2 })
    t.equal(d.base, "remaining")
  end,

  ["half of the order at most"] = function(t) t.equal(ask(t, "default", "member").cap, 15000) end,
}
