-- A flash sale: three one-minute windows a day, one coupon a member, 10 % off up to 5,000.
return policy {
  name = "flash_sale",
  doc = "Three one-minute windows a day with 10,000 coupons each, one a member, 10 % off up to 5,000.",
  rules = {
    event_window { timezone = "Asia/Seoul", daily = { "10:00/1m", "11:00/1m", "12:00/1m" }, quota = 10000 },
    per_user_limit { max = 1 },
    expiry { days = 7, remind_days = { 3 } },
    discount { percent = 10, max_amount = 5000, rounding = "floor" },
  },
}
