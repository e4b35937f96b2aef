local function ask(t, params, amount, currency)
  return t.decide { hook = "stack", rules = { order_cap(params) },
    facts = { order = { amount = amount, currency = currency or "KRW" }, coupons = { {}, {} } } }
end

return test "order_cap" {
  ["an amount"] = function(t)
    t.equal(ask(t, { amount = 5000, currency = "KRW" }, 20000).cap, 5000)
    t.equal(ask(t, { amount = 5000, currency = "KRW" }, 100).cap, 5000)
  end,

  ["a share of the order, rounded down"] = function(t)
    t.equal(ask(t, { percent = 50 }, 20001).cap, 10000)
    t.equal(ask(t, { percent = "33.3" }, 100).cap, 33)
    t.equal(ask(t, { percent = 0 }, 100).cap, 0)
  end,

  ["of both the smaller"] = function(t)
    t.equal(ask(t, { amount = 5000, percent = 50, currency = "KRW" }, 20000).cap, 5000)
    t.equal(ask(t, { amount = 5000, percent = 50, currency = "KRW" }, 8000).cap, 4000)
  end,

  ["another currency is refused"] = function(t)
    local d = ask(t, { amount = 5000, currency = "KRW" }, 20000, "USD")
    t.denied(d, "currency_mismatch")
    t.equal(d.detail, { currency = "USD", accepted = "KRW" })
    t.allowed(ask(t, { percent = 50 }, 20000, "USD"))
  end,

  ["an amount has a currency, and something is given"] = function(t)
    t.equal(t.misfit { rules = { order_cap {} } }, "params.order_cap: give amount, percent or both")
    t.equal(t.misfit { rules = { order_cap { amount = 1 } } }, "params.order_cap: give the currency of the amount")
  end,

  ["it is never above the order when it is a share"] = function(t)
    t.forall {
      hook = "stack",
      rules = { order_cap { percent = "99.9" } },
      holds = { ["at most the order"] = function(d, facts) return d.cap <= facts.order.amount end },
    }
  end,
}
