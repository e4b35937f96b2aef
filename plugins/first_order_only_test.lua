local function ask(t, hook, attributes, params)
  return t.decide {
    hook = hook, rules = { first_order_only(params or {}) }, facts = { user = { attributes = attributes } },
  }
end

return test "first_order_only" {
  ["a user without orders gets and uses the coupon"] = function(t)
    for _, hook in ipairs { "issue", "redeem" } do
      t.allowed(ask(t, hook, { orders = 0 }))
    end
  end,

  ["a user whom the shop has told nothing about has made no order"] = function(t)
    for _, hook in ipairs { "issue", "redeem" } do
      t.allowed(ask(t, hook, {}))
      t.allowed(ask(t, hook, { visits = 12 }))
    end
  end,

  ["after the first order it is too late, for getting and for using"] = function(t)
    for _, hook in ipairs { "issue", "redeem" } do
      local d = ask(t, hook, { orders = 1 })
      t.denied(d, "not_first_order")
      t.equal(d.detail, { attribute = "orders", orders = 1 })
    end
  end,

  ["the attribute can have another name"] = function(t)
    t.denied(ask(t, "redeem", { purchases = 2 }, { attribute = "purchases" }), "not_first_order")
    t.allowed(ask(t, "redeem", { orders = 2 }, { attribute = "purchases" }))
  end,

  ["an attribute that is no number refuses"] = function(t)
    for _, value in ipairs { "0", "none", false, true } do
      local d = ask(t, "redeem", { orders = value })
      t.denied(d, "not_first_order")
      t.equal(d.detail, { attribute = "orders", wanted = "a number" })
    end
  end,

  ["a redemption can be undone whatever was ordered since"] = function(t)
    local rules = { first_order_only {}, cancel_window { hours = 1 } }
    t.allowed(t.decide { hook = "cancel", rules = rules, facts = { user = { attributes = { orders = 1 } } } })
  end,
}
