-- What a coupon takes off an order.

return plugin {
  name = "discount", version = "1.0.0", priority = 500,
  doc = "Takes a fixed `amount` or a `percent` off the order. Amounts are minor units of the order's currency.",
  params = {
    amount = { type = "integer", min = 0, doc = "So much off, though never more than the order comes to." },
    percent = { type = "decimal", min = 0, max = 100,
      doc = "So many per cent off: 10, or \"12.5\" as text, so that it stays exact." },
    max_amount = { type = "integer", min = 0, doc = "The most that comes off. Default: no cap." },
    min_order = { type = "integer", min = 0,
      doc = "The smallest order that the coupon can be used on. Default: any, or none." },
    rounding = { type = "string", enum = { "floor", "half_up", "half_even" }, default = "floor",
      doc = "How a percentage is rounded to a whole minor unit." },
    currency = { type = "currency", doc = "The only currency in which the coupon can be used: \"KRW\". Default: any." },
  },

  check = function(p)
    if (p.amount == nil) == (p.percent == nil) then return "give exactly one of amount and percent" end
  end,

  redeem = function(p, facts)
    local order = facts.order
    if not order then
      if p.min_order then
        return deny("order_required", "This coupon can only be used on an order.", { min_order = p.min_order })
      end
      return  -- nothing to take a discount from
    end
    if p.currency and order.currency ~= p.currency then
      return deny("currency_mismatch", "This coupon is for orders in " .. p.currency .. ".",
        { currency = order.currency, accepted = p.currency })
    end
    if p.min_order and order.amount < p.min_order then
      return deny("min_order_not_met", "Your order is below the minimum for this coupon.",
        { amount = order.amount, min_order = p.min_order, currency = order.currency })
    end

    local off = p.amount or percent_of(order.amount, p.percent, p.rounding)
    if p.max_amount then off = math.min(off, p.max_amount) end
    return effect { discount = math.min(off, order.amount) }
  end,
}
