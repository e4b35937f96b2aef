-- Works (webtoons and the like) that an event shows and gives coupons for. The subject of such a
-- coupon is "work:<id>", so the id of a work that was deleted never comes again.
CREATE TABLE work (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  title      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
