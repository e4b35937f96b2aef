-- Holds (coupon/hold.h): one for a coupon that is set aside for a checkout, or that was redeemed through a hold.
CREATE TABLE hold (
  coupon         INTEGER PRIMARY KEY,  -- coupon.id
  state          INTEGER NOT NULL,     -- 0 in force, 1 redeemed
  key            TEXT    NOT NULL,     -- empty when redeemed
  held_at        INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  user_id        TEXT,                 -- the coupon's, as subject
  subject        TEXT,
  order_id       TEXT,
  order_amount   INTEGER,
  order_currency TEXT,
  discount       INTEGER,              -- in the order's currency
  counts         BLOB    NOT NULL,     -- holds.cpp
  decision       INTEGER NOT NULL      -- that made it, 0: none
) STRICT;

-- What ends next, and how many of a user's coupons are held.
CREATE INDEX hold_by_end ON hold (expires_at) WHERE state = 0;
CREATE INDEX hold_by_user ON hold (user_id, coupon) WHERE state = 0;

-- How many are in force.
ALTER TABLE tally ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
