-- How much all coupons of one order take off together, at most. What is above it is not given; the rest is
-- divided among them in proportion, to the last minor unit.

return plugin {
  name = "order_cap", version = "1.0.0", priority = 620,
  doc = "At most `amount`, or `percent` of the order, off by all its coupons together; the smaller of both.",
  params = {
    amount = { type = "integer", min = 0, doc = "Minor units of `currency`." },
    percent = { type = "decimal", min = 0, max = 100, doc = "Of the order's amount, rounded down." },
    currency = { type = "currency", doc = "The only currency of orders with several coupons. Required with amount." },
  },

  check = function(p)
    if p.amount == nil and p.percent == nil then return "give amount, percent or both" end
    if p.amount and not p.currency then return "give the currency of the amount" end
  end,

  stack = function(p, facts)
    local order = facts.order
    if p.currency and order.currency ~= p.currency then
      return deny("currency_mismatch", "These coupons are for orders in " .. p.currency .. ".",
        { currency = order.currency, accepted = p.currency })
    end
    local cap = p.amount
    if p.percent then
      local share = percent_of(order.amount, p.percent, "floor")
      cap = cap and math.min(cap, share) or share
    end
    return effect { cap = cap }
  end,
}
