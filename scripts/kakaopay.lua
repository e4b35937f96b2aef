-- The Kakaopay coupon service: codes are made in advance and bound to users by hand, as many to a
-- user as the operator likes. A coupon ends seven days after its code was made, whenever it was
-- bound, and its holder is told three days before.
return policy {
  name = "kakaopay",
  doc = "Seven days from the creation of the code, a notice three days before the end, no other limit.",
  rules = {
    expiry { days = 7, from = "created", remind_days = { 3 } },
  },
}
