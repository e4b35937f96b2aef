-- Every rule that comes with Scrip, with every parameter it takes. Copy what you need into a file of
-- your own, change the name, and run `scrip policy check`.
--
-- The order in which rules stand here does not matter: each plugin has a priority, and the first
-- rule that refuses ends the decision. They stand here in the order in which they run. What a rule
-- promises in detail is at the top of its file in plugins/.

return policy {
  name = "example",
  doc = "Every rule with every parameter, to copy from.",
  rules = {

    -- When coupons are given out (100).
    event_window {
      timezone = "Asia/Seoul",                -- default: the campaign's
      daily = { "10:00/30m", "20:00/2h" },    -- each "HH:MM/DURATION" (30s, 1m, 2h); default: the whole day
      days = { "mon", "tue", "wed", "thu", "fri" },  -- default: every day
      first_day = "2026-11-02",               -- both dates belong to the event;
      last_day = "2026-11-27",                -- default: no first, no last
      quota = 1000,                           -- coupons a window; default: no limit of its own
    },

    -- Which users, by what the shop has told about them (150). For two attributes use the rule
    -- twice; `as` gives each a name, by which campaigns override parameters.
    segment {
      as = "tier",
      attribute = "tier",
      any_of = { "gold", "silver" },          -- one of these
      none_of = { "staff" },                  -- and none of these
      on = "issue",                           -- "issue", "redeem"; default: "both"
    },
    segment { as = "age", attribute = "age", min = 20, max = 29 },  -- a number in a range, both ends included

    -- How many a user may have (200).
    per_user_limit {
      max = 2,                                -- default: 1
      per = "campaign",                       -- or "subject": for each work, product or store anew
    },

    -- How many in all, below the campaign's own total (250).
    total_limit { max = 15000 },

    -- How many a day (300). This rule can be used twice as well.
    daily_cap {
      as = "daily_issues",
      max = 1500,
      on = "issue",                           -- what is counted: "issue" or "redeem"
      per = "campaign",                       -- over all users together, or for each "user"
      timezone = "Asia/Seoul",                -- whose midnight; default: the campaign's
    },
    daily_cap { as = "daily_uses", max = 1, on = "redeem", per = "user" },

    -- New customers only, by the number of orders that the shop has told (350).
    first_order_only { attribute = "orders" },  -- default: "orders"; a user without it has made none

    -- Which products (400). An item is eligible when it is included and not excluded.
    product_filter {
      include_skus = { "tea-100" },           -- with neither include list every item is included
      include_tags = { "drinks" },
      exclude_skus = { "gift-card" },
      exclude_tags = { "alcohol" },
      mode = "any",                           -- one eligible item is enough; "all": every item
    },

    -- How long the use of a coupon can be undone (450). Hours and minutes add up.
    cancel_window { hours = 24, minutes = 30 },

    -- What comes off (500). Exactly one of percent and amount; money is in minor units.
    discount {
      percent = "12.5",                       -- an integer, or a decimal number as text
      max_amount = 5000,                      -- the most that comes off
      min_order = 10000,                      -- the smallest order
      rounding = "half_up",                   -- "floor" (default), "half_up", "half_even"
      currency = "KRW",                       -- default: any
    },
    discount { as = "gift", amount = 500 },   -- the discounts of several rules add up

    -- The plugin to learn from (550): an extra discount in happy hour.
    example {
      from_hour = 17, to_hour = 19,           -- in the campaign's zone
      percent = 5,                            -- default: 5
      orders = 100,                           -- orders a day that get it; default: 100
      only = false,                           -- true refuses the coupon at other times
    },

    -- How long a coupon lives (700). Of days, hours and at, the earliest end counts.
    expiry {
      days = 7,                               -- days of the calendar, at the same time of day
      hours = 200,
      from = "issued",                        -- or "created": when the code was made
      at = "2026-12-31T23:59:59+09:00",
      end_of_day = true,                      -- to the end of the day on which it would end
      timezone = "Asia/Seoul",                -- default: the campaign's
      remind_days = { 3, 1 },                 -- a notice so many days before the last day
      remind_text = "Only {days} days left!", -- {days} is replaced; default: a plain English sentence
      remind_text_today = "The last day!",    -- for who was not reminded before; default: remind_text
    },

    -- How much money is given away in all (900): after every rule that grants a discount.
    budget {
      max = 10000000,
      currency = "KRW",                       -- other currencies cannot be added up
    },

    -- Limits by day, week and month, and what is given away in each of them (900). All of them hold; a
    -- refusal says when it is open again. A campaign may put a list of its own in the place of this one.
    quota {
      limits = {
        { what = "issued", limit = 5, period = "monthly", per = "user" },         -- coupons given out
        { what = "redeemed", limit = 2, period = "weekly", per = "user" },        -- coupons used
        { what = "issued", limit = 500, period = "daily", per = "subject" },      -- of each work or store
        { what = "discount", limit = 2000000, period = "daily", per = "campaign" },  -- money, in minor units
        { what = "discount", limit = false, period = "campaign", per = "user" },  -- no limit: nothing is counted
      },
      timezone = "Asia/Seoul",                -- whose midnight, and whose Monday; default: the campaign's
      currency = "KRW",                       -- for money: other currencies cannot be added up
    },
  },
}
