-- A welcome present for new members: one each, for their first order.
return policy {
  name = "welcome",
  doc = "One coupon a member, for the first order within 30 days: 10 % off up to 5,000.",
  rules = {
    per_user_limit { max = 1 },
    first_order_only {},
    expiry { days = 30, end_of_day = true, remind_days = { 3 } },
    discount { percent = 10, max_amount = 5000, rounding = "floor" },
  },
}
