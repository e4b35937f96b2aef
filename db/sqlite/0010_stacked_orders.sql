-- Orders on which several coupons were redeemed together, until they are cancelled, and what each coupon
-- gave. A coupon's row names its order too (coupon.order_id).
CREATE TABLE stacked_order (
  id          TEXT    PRIMARY KEY,  -- the shop's, or one that was made up
  amount      INTEGER NOT NULL,     -- minor units
  currency    TEXT    NOT NULL,
  redeemed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stacked_order_coupon (
  order_id TEXT    NOT NULL,
  place    INTEGER NOT NULL,  -- in the order in which they were applied, from 0
  coupon   INTEGER NOT NULL,  -- coupon.id
  discount INTEGER NOT NULL,
  PRIMARY KEY (order_id, place)
) STRICT, WITHOUT ROWID;
