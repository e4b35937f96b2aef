-- Several coupons on one order (POST /api/v1/orders/redeem): which go together, in which order, and how
-- much at most. The policy of this name holds for all orders; without it no two coupons go together.
--
-- A campaign's group is its metadata's: "metadata": {"stacking_group": "member"}; else it is "default".
return policy {
  name = "stacking",
  doc = "Three coupons an order: one of a kind, `exclusive` ones alone, half of the order at most.",
  rules = {
    stack_groups {
      most = 3,
      groups = {
        { group = "default", most = 1 },
        { group = "member", most = 1 },
        { group = "exclusive", alone = true, most = 1 },
      },
    },
    -- Percentages of members first, of the whole; then the others, of what is left.
    stack_order { first = { "member", "default" }, by = "expiry", base = "remaining" },
    order_cap { percent = 50 },
  },
}
