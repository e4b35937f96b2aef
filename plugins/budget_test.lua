local function use(t, params, off, spent, currency)
  return t.decide {
    hook = "redeem", rules = { budget(params), discount { amount = off } },
    facts = { order = { amount = 20000, currency = currency or "KRW" }, counter = { budget = spent } },
  }
end

local function undo(t, discount, spent, params)
  return t.decide {
    hook = "cancel", rules = { budget(params or { max = 100000 }) },
    facts = { coupon = { discount = discount, currency = discount and "KRW" }, counter = { budget = spent } },
  }
end

return test "budget" {
  ["what an order gets is counted"] = function(t)
    local d = use(t, { max = 100000 }, 3000, 0)
    t.discount(d, 3000)
    t.counted(d, "budget", 3000)
  end,

  ["the last of the money can be given away, and not one unit more"] = function(t)
    t.counted(use(t, { max = 100000 }, 3000, 97000), "budget", 3000)
    local d = use(t, { max = 100000 }, 3000, 97001)
    t.denied(d, "budget_exhausted")
    t.equal(d.detail, { max = 100000, spent = 97001, discount = 3000 })
    t.equal(d.count.budget, nil)
  end,

  ["a smaller discount may still fit"] = function(t)
    t.allowed(use(t, { max = 100000 }, 2999, 97001))
  end,

  ["a budget lowered below what was given refuses"] = function(t)
    t.denied(use(t, { max = 100000 }, 1, 250000), "budget_exhausted")
  end,

  ["an order that gets nothing costs nothing"] = function(t)
    local d = use(t, { max = 100000, currency = "KRW" }, 0, 100000, "USD")
    t.allowed(d)
    t.equal(d.count.budget, nil)
  end,

  ["without an order nothing is counted"] = function(t)
    local d = t.decide { hook = "redeem", rules = { budget { max = 0 }, discount { amount = 3000 } } }
    t.allowed(d)
    t.equal(d.count.budget, nil)
  end,

  ["the discounts of all rules count, to the order's amount at most"] = function(t)
    local rules = { budget { max = 100000 }, discount { as = "a", percent = 80 }, discount { as = "b", percent = 70 } }
    local d = t.decide { hook = "redeem", rules = rules, facts = { order = { amount = 20000, currency = "KRW" } } }
    t.discount(d, 20000)
    t.counted(d, "budget", 20000)
  end,

  ["another currency cannot be added to the budget"] = function(t)
    t.counted(use(t, { max = 100000, currency = "KRW" }, 3000, 0, "KRW"), "budget", 3000)
    local d = use(t, { max = 100000, currency = "KRW" }, 3000, 0, "USD")
    t.denied(d, "currency_mismatch")
    t.equal(d.detail, { currency = "USD", accepted = "KRW" })
  end,

  ["a cancelled redemption gives its money back"] = function(t)
    t.counted(undo(t, 3000, 97000), "budget", -3000)
    t.counted(undo(t, 3000, 3000), "budget", -3000)
  end,

  ["never more than was counted is given back"] = function(t)
    t.counted(undo(t, 3000, 1000), "budget", -1000)
    t.counted(undo(t, 1, 1000), "budget", -1)
    local d = undo(t, 3000, 0)
    t.allowed(d)
    t.equal(d.count.budget, nil)
  end,

  ["a discount in a currency that was not counted is not given back"] = function(t)
    t.counted(undo(t, 3000, 97000, { max = 100000, currency = "KRW" }), "budget", -3000)
    local d = undo(t, 3000, 97000, { max = 100000, currency = "USD" })
    t.allowed(d)
    t.equal(d.count.budget, nil)
  end,

  ["a redemption without discount gives nothing back"] = function(t)
    for _, discount in ipairs { 0, false } do
      local d = undo(t, discount or nil, 97000)
      t.allowed(d)
      t.equal(d.count.budget, nil)
    end
  end,

  ["what is given away never passes the budget"] = function(t)
    t.forall {
      hook = "redeem", rules = { discount { percent = 10 }, budget { max = 100000 } }, runs = 40,
      facts = { counter = { budget = t.between(0, 100000) } },
      holds = {
        "never_negative", "never_above_order",
        ["spent stays within"] = function(d, facts)
          return facts.counter.budget + (d.count.budget or 0) <= 100000
        end,
      },
    }
  end,
}
