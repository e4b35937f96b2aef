-- Events (coupon/event.h): what happened, to be told to whoever listens. Stored in the commit of what
-- they tell; dropped some days after they were delivered or given up.
CREATE TABLE outbox (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  kind            TEXT    NOT NULL,
  at              INTEGER NOT NULL,  -- by the coupons' clock; the other instants are real
  campaign        INTEGER,
  unique_key      TEXT,              -- there is one event of a key
  data            TEXT    NOT NULL,  -- JSON object
  recorded_at     INTEGER NOT NULL,
  state           INTEGER NOT NULL,  -- 0 pending, 1 delivered, 2 failed
  attempts        INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  settled_at      INTEGER,
  last_error      TEXT    NOT NULL
) STRICT;

CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE state = 0;
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 0;
CREATE UNIQUE INDEX outbox_by_unique_key ON outbox (unique_key) WHERE unique_key IS NOT NULL;

-- The notices that were made: one for a coupon and a mark, for longer than the coupon lives. They are
-- made in the order of expiry, so they append.
CREATE TABLE reminder (
  expires_at INTEGER NOT NULL,
  coupon     INTEGER NOT NULL,  -- coupon.id
  mark       TEXT    NOT NULL,
  PRIMARY KEY (expires_at, coupon, mark)
) STRICT, WITHOUT ROWID;
