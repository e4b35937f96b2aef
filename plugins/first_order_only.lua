-- A coupon for new customers. The shop tells how many orders a user has made, with
-- PUT /api/v1/users/{id}/attributes; a user it has told nothing about has made none.

local function refuse_after_first(p, facts)
  local orders = facts.user.attributes[p.attribute]
  if orders == nil or orders == 0 then return end
  -- Anything that is no number is refused as well: an attribute that was set wrongly should not
  -- give every customer a new customer's discount.
  local detail = { attribute = p.attribute, orders = orders }
  if type(orders) ~= "number" then detail = { attribute = p.attribute, wanted = "a number" } end
  return deny("not_first_order", "This coupon is for a first order only.", detail)
end

return plugin {
  name = "first_order_only", version = "1.0.0", priority = 350,
  doc = "Only for a user who has made no order yet, when the coupon is issued and when it is redeemed.",
  params = {
    attribute = { type = "string", max_length = 64, default = "orders",
      doc = "The user's attribute that holds the number of orders. Missing means 0." },
  },

  -- A coupon that could never be used is not given out.
  issue = refuse_after_first,
  redeem = refuse_after_first,
}
