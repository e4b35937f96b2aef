local function ask(t, params, ...)
  local coupons = {}
  for i, group in ipairs { ... } do coupons[i] = { code = "C" .. i, group = group } end
  return t.decide { hook = "stack", rules = { stack_groups(params) },
    facts = { order = { amount = 10000, currency = "KRW" }, coupons = coupons } }
end

return test "stack_groups" {
  ["coupons go together when nothing is said"] = function(t)
    t.allowed(ask(t, {}, "default"))
    t.allowed(ask(t, {}, "default", "default", "member"))
  end,

  ["so many coupons an order"] = function(t)
    t.allowed(ask(t, { most = 2 }, "a", "b"))
    local d = ask(t, { most = 2 }, "a", "b", "c")
    t.denied(d, "too_many_coupons")
    t.equal(d.detail, { coupons = 3, most = 2 })
  end,

  ["so many of a group"] = function(t)
    local params = { groups = { { group = "a", most = 2 } } }
    t.allowed(ask(t, params, "a", "b", "a", "b", "b"))
    local d = ask(t, params, "a", "b", "a", "a")
    t.denied(d, "too_many_coupons")
    t.equal(d.detail, { group = "a", most = 2, coupons = { "C1", "C3", "C4" } })
  end,

  ["a group that is alone has no other beside it, and takes its own"] = function(t)
    local params = { groups = { { group = "vip", alone = true } } }
    t.allowed(ask(t, params, "vip"))
    t.allowed(ask(t, params, "vip", "vip"))
    t.allowed(ask(t, params, "a", "b"))
    local d = ask(t, params, "a", "b", "vip")
    t.denied(d, "not_combinable")
    t.equal(d.detail, { groups = { "a", "vip" }, coupons = { "C1", "C3" } })
    t.denied(ask(t, params, "vip", "a"), "not_combinable")
  end,

  ["a group goes with those that it names, whoever comes first"] = function(t)
    local params = { groups = { { group = "sale", with = { "shipping" } } } }
    t.allowed(ask(t, params, "sale", "shipping"))
    t.allowed(ask(t, params, "shipping", "sale", "sale"))
    t.denied(ask(t, params, "sale", "member"), "not_combinable")
    t.denied(ask(t, params, "member", "sale"), "not_combinable")
    t.denied(ask(t, params, "shipping", "sale", "member"), "not_combinable")
  end,

  ["with nobody is alone"] = function(t)
    local params = { groups = { { group = "sale", with = {} } } }
    t.allowed(ask(t, params, "sale", "sale"))
    t.denied(ask(t, params, "sale", "member"), "not_combinable")
  end,

  ["parameters that contradict each other are refused"] = function(t)
    local twice = { { group = "a" }, { group = "a" } }
    t.equal(t.misfit { rules = { stack_groups { groups = twice } } }, "params.stack_groups: groups has 'a' twice")
    local both = { { group = "a", alone = true, with = { "b" } } }
    t.equal(t.misfit { rules = { stack_groups { groups = both } } }, "params.stack_groups: group 'a' is alone and with others")
    t.equal(t.misfit { rules = { stack_groups {} } }, nil)
  end,
}
