-- The coupon-live event: ten windows a day of one minute each, on the hour from 10:00 to 19:00 in
-- Seoul, one coupon a member. How many there are in all (100,000) is the campaign's total.
return policy {
  name = "coupon_live",
  doc = "Ten one-minute windows a day, on the hour from 10:00 to 19:00 in Seoul; one coupon a member.",
  rules = {
    event_window {
      timezone = "Asia/Seoul",
      daily = {
        "10:00/1m", "11:00/1m", "12:00/1m", "13:00/1m", "14:00/1m",
        "15:00/1m", "16:00/1m", "17:00/1m", "18:00/1m", "19:00/1m",
      },
    },
    per_user_limit { max = 1 },
  },
}
