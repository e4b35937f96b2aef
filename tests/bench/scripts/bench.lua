-- The rules of every claim that ./dev bench measures; `scrip bench engine` has the same.
return policy {
  name = "bench",
  rules = {
    per_user_limit { max = 1 },
    expiry { days = 7 },
    discount { percent = 10, max_amount = 5000, rounding = "floor" },
  },
}
