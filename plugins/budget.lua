-- How much money a campaign gives away in all.
--
-- It runs after the rules that grant discounts (priority 900) and reads from facts.discount what
-- they have granted on this order, so it needs to know nothing about how a discount is computed.
-- A redemption that would pass the budget is refused whole: nobody gets half a discount. One that
-- is cancelled gives its money back.

local counter = "budget"

return plugin {
  name = "budget", version = "1.0.0", priority = 900,
  doc = "Refuses a redemption that would bring the discounts of the campaign above `max`.",
  params = {
    max = { type = "integer", min = 0, required = true, doc = "The money, in minor units of the currency." },
    currency = { type = "currency",
      doc = "The currency of the budget; discounts in any other are refused, for they cannot be added up. "
        .. "Give it unless the shop has one currency only." },
  },

  counters = function()
    return { counter }
  end,

  redeem = function(p, facts)
    local discount = facts.discount
    if discount == 0 then return end
    local order = facts.order  -- there is one, or there would be no discount
    if p.currency and order.currency ~= p.currency then
      return deny("currency_mismatch", "This coupon is for orders in " .. p.currency .. ".",
        { currency = order.currency, accepted = p.currency })
    end

    local spent = facts.counter[counter]
    if discount > p.max - spent then
      return deny("budget_exhausted", "This offer has ended: everything set aside for it has been given out.",
        { max = p.max, spent = spent, discount = discount })
    end
    return effect { count = { [counter] = discount } }
  end,

  cancel = function(p, facts)
    -- Never what was not counted: the coupon may have been redeemed before the policy had a budget.
    local coupon = facts.coupon
    if p.currency and coupon.currency ~= p.currency then return end
    local back = math.min(coupon.discount or 0, facts.counter[counter])
    if back > 0 then return effect { count = { [counter] = -back } } end
  end,
}
