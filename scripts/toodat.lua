-- The Toodat event: one coupon for each work (webtoon) that a member likes. The subject of a claim is
-- the work. What a coupon is worth is a rate or an amount, and each campaign says which:
-- "params": {"rate": {"percent": 15}} or {"amount": {"amount": 1000}}.
return policy {
  name = "toodat",
  doc = "One coupon per user and work; the campaign sets a rate or an amount off.",
  rules = {
    per_user_limit { max = 1, per = "subject" },
    discount { as = "rate", percent = 0, rounding = "floor" },
    discount { as = "amount", amount = 0 },
  },
}
