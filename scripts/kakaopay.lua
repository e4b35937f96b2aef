-- The Kakaopay coupon service: codes are made in advance and bound to users by hand, as many to a
-- user as the operator likes. A coupon ends seven days after its code was made, whenever it was
-- bound, and its holder is told three days before.
return policy {
  name = "kakaopay",
  doc = "Seven days from the creation of the code, a notice three days before the end, no other limit.",
  rules = {
    expiry {
      days = 7, from = "created",
      remind_days = { 3 },
      remind_text = "쿠폰이 {days}일 후 만료됩니다.",
      remind_text_today = "쿠폰이 오늘 만료됩니다.",
    },
  },
}
