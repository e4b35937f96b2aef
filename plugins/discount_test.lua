local function use(t, params, amount, currency)
  local order = amount and { amount = amount, currency = currency or "KRW" }
  return t.decide { hook = "redeem", rules = { discount(params) }, facts = { order = order or nil } }
end

return test "discount" {
  ["a fixed amount comes off"] = function(t)
    t.discount(use(t, { amount = 3000 }, 20000), 3000)
  end,

  ["a fixed amount is never more than the order"] = function(t)
    t.discount(use(t, { amount = 3000 }, 3000), 3000)
    t.discount(use(t, { amount = 3000 }, 2999), 2999)
    t.discount(use(t, { amount = 3000 }, 0), 0)
  end,

  ["a percentage comes off"] = function(t)
    t.discount(use(t, { percent = 10 }, 20000), 2000)
    t.discount(use(t, { percent = 100 }, 20000), 20000)
    t.discount(use(t, { percent = 0 }, 20000), 0)
  end,

  ["a percentage may have decimals"] = function(t)
    t.discount(use(t, { percent = "12.5" }, 20000), 2500)
    t.discount(use(t, { percent = "0.1" }, 1000), 1)
    t.discount(use(t, { percent = "33.333333" }, 300000000), 99999999)
  end,

  ["rounding is the one that the rule names"] = function(t)
    for _, case in ipairs {
      -- amount, floor, half_up, half_even of 10 %
      { 14, 1, 1, 1 },
      { 15, 1, 2, 2 },
      { 16, 1, 2, 2 },
      { 25, 2, 3, 2 },
      { 35, 3, 4, 4 },
    } do
      t.discount(use(t, { percent = 10, rounding = "floor" }, case[1]), case[2])
      t.discount(use(t, { percent = 10, rounding = "half_up" }, case[1]), case[3])
      t.discount(use(t, { percent = 10, rounding = "half_even" }, case[1]), case[4])
    end
  end,

  ["a percentage is rounded down unless the rule says otherwise"] = function(t)
    t.discount(use(t, { percent = 10 }, 19), 1)
  end,

  ["a large order is computed exactly"] = function(t)
    t.discount(use(t, { percent = "99.999999" }, 9007199254740991), 9007199164668998)
  end,

  ["max_amount caps a percentage"] = function(t)
    local params = { percent = 10, max_amount = 5000 }
    t.discount(use(t, params, 49999), 4999)
    t.discount(use(t, params, 50000), 5000)
    t.discount(use(t, params, 50010), 5000)
  end,

  ["max_amount caps a fixed amount too"] = function(t)
    t.discount(use(t, { amount = 3000, max_amount = 2000 }, 20000), 2000)
  end,

  ["an order of exactly the minimum is enough"] = function(t)
    local params = { amount = 3000, min_order = 10000 }
    t.discount(use(t, params, 10000), 3000)
    local d = use(t, params, 9999)
    t.denied(d, "min_order_not_met")
    t.equal(d.detail, { amount = 9999, min_order = 10000, currency = "KRW" })
  end,

  ["another currency is refused"] = function(t)
    local params = { amount = 3000, currency = "KRW" }
    t.discount(use(t, params, 20000, "KRW"), 3000)
    local d = use(t, params, 20000, "USD")
    t.denied(d, "currency_mismatch")
    t.equal(d.detail, { currency = "USD", accepted = "KRW" })
    t.equal(d.sentence, "This coupon is for orders in KRW.")
  end,

  ["the wrong currency is named before the minimum, which is in the right one"] = function(t)
    t.denied(use(t, { amount = 3000, min_order = 10000, currency = "KRW" }, 100, "USD"), "currency_mismatch")
  end,

  ["without a currency any will do"] = function(t)
    t.discount(use(t, { percent = 10 }, 1999, "USD"), 199)
  end,

  ["without an order there is no discount"] = function(t)
    local d = use(t, { amount = 3000, currency = "KRW" })
    t.allowed(d)
    t.equal(d.discount, nil)
  end,

  ["a minimum needs an order"] = function(t)
    t.denied(use(t, { amount = 3000, min_order = 10000 }), "order_required")
  end,

  ["two discounts add up, to the order's amount at most"] = function(t)
    local rules = { discount { as = "rate", percent = 60 }, discount { as = "amount", amount = 500 } }
    local function both(amount)
      return t.decide { hook = "redeem", rules = rules, facts = { order = { amount = amount, currency = "KRW" } } }
    end
    t.discount(both(10000), 6500)
    t.discount(both(1000), 1000)
  end,

  ["a percentage is capped, and an order below the minimum gets nothing"] = {
    hook = "redeem",
    rules = { discount { percent = 10, max_amount = 5000, min_order = 1000, currency = "KRW" } },
    case "the smallest order" { order = { amount = 1000 }, discount = 100 },
    case "one below it" { order = { amount = 999 }, denied = "min_order_not_met" },
    case "the first that the cap meets" { order = { amount = 50000 }, discount = 5000 },
    case "far above it" { order = { amount = 9000000 }, discount = 5000 },
    case "another currency" { order = { amount = 50000, currency = "USD" }, denied = "currency_mismatch" },
  },

  ["whatever the order is, the discount is sane"] = function(t)
    for _, params in ipairs {
      { percent = 10 }, { percent = "33.3", rounding = "half_up" }, { percent = "12.5", rounding = "half_even" },
      { amount = 3000 }, { percent = 50, max_amount = 5000, min_order = 1000 },
    } do
      t.forall {
        hook = "redeem", rules = { discount(params) }, runs = 25,
        holds = { "never_negative", "never_above_order", "monotone_in_amount" },
      }
    end
  end,
}
