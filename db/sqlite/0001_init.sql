-- The first schema. Instants are microseconds since 1970-01-01T00:00:00Z, money is in minor units.

CREATE TABLE campaign (
  number     INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL,
  id         TEXT    NOT NULL UNIQUE,
  name       TEXT    NOT NULL,
  policy     TEXT    NOT NULL,
  params     TEXT    NOT NULL,  -- JSON object
  total      INTEGER,           -- null: no limit
  pattern    TEXT    NOT NULL,
  alphabet   TEXT    NOT NULL,  -- base32, alnum, digits
  format     INTEGER NOT NULL,  -- code_format.id
  starts_at  INTEGER,
  ends_at    INTEGER,
  timezone   TEXT    NOT NULL,
  metadata   TEXT    NOT NULL,  -- JSON object
  status     TEXT    NOT NULL,  -- active, paused, ended
  created_at INTEGER NOT NULL
) STRICT;

-- What claims change. A campaign has no row before its first coupon.
CREATE TABLE tally (
  campaign    INTEGER PRIMARY KEY,
  issued      INTEGER NOT NULL,
  redeemed    INTEGER NOT NULL,
  next_serial INTEGER NOT NULL,
  by_hand     INTEGER NOT NULL,
  pooled      INTEGER NOT NULL
) STRICT;

CREATE TABLE code_format (
  id       INTEGER PRIMARY KEY,
  shape    TEXT NOT NULL,
  alphabet TEXT NOT NULL,
  key      BLOB NOT NULL,  -- 16 bytes
  UNIQUE (shape, alphabet)
) STRICT;

CREATE TABLE code_batch (
  id           INTEGER PRIMARY KEY,
  campaign     INTEGER NOT NULL,
  format       INTEGER NOT NULL,
  first_index  INTEGER NOT NULL,
  first_serial INTEGER NOT NULL,
  count        INTEGER NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT;

-- A computed coupon (serial 0 and up) has a row from its issue on, an imported one (below 0) from
-- its import on. Without a rowid, so that claims, which go by ascending serials, append.
CREATE TABLE coupon (
  campaign          INTEGER NOT NULL,
  serial            INTEGER NOT NULL,
  state             INTEGER NOT NULL,  -- 0 available, 1 issued, 2 redeemed
  user_id           TEXT,
  subject           TEXT,
  issued_at         INTEGER NOT NULL,  -- 0 while available
  expires_at        INTEGER,           -- null: never
  redeemed_at       INTEGER,
  discount_amount   INTEGER,
  discount_currency TEXT,
  order_id          TEXT,
  decision          INTEGER NOT NULL,  -- decision.id, 0: none
  imported_code     TEXT,              -- as it was imported; null for computed codes
  imported_key      TEXT,              -- the same normalized, for the look-up
  created_at        INTEGER NOT NULL,  -- 0 for computed codes, whose batch knows
  PRIMARY KEY (campaign, serial)
) STRICT, WITHOUT ROWID;

-- Whose coupons: counted per campaign by every claim, and listed latest expiry first, those that
-- never expire before all (253402300800000000 is the first instant after the year 9999).
CREATE INDEX coupon_by_user
  ON coupon (user_id, campaign, ifnull(expires_at, 253402300800000000) DESC, serial)
  WHERE user_id IS NOT NULL;

CREATE INDEX coupon_by_expiry
  ON coupon (expires_at, campaign, serial)
  WHERE state = 1 AND expires_at IS NOT NULL;

-- The pool of imported coupons that nobody holds, oldest first: serials go down from -1.
CREATE INDEX coupon_pooled
  ON coupon (campaign, created_at, serial DESC)
  WHERE state = 0;

CREATE UNIQUE INDEX coupon_by_imported_key
  ON coupon (imported_key)
  WHERE imported_key IS NOT NULL;

CREATE TABLE counter (
  campaign INTEGER NOT NULL,
  name     TEXT    NOT NULL,
  value    INTEGER NOT NULL,
  PRIMARY KEY (campaign, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  serial   INTEGER,
  user_id  TEXT,
  revision INTEGER NOT NULL,  -- policy_revision.number
  code     TEXT    NOT NULL,  -- empty: allowed
  record   BLOB    NOT NULL
) STRICT;

CREATE INDEX decision_by_user ON decision (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX decision_by_campaign ON decision (campaign);
CREATE INDEX decision_by_coupon ON decision (campaign, serial) WHERE serial IS NOT NULL;

-- With a rowid, so that answers, which are large, are appended; only the index is in random order.
CREATE TABLE idempotency (
  id          INTEGER PRIMARY KEY,
  owner       TEXT    NOT NULL,
  key         TEXT    NOT NULL,
  fingerprint BLOB    NOT NULL,  -- SHA-256
  status      INTEGER NOT NULL,
  body        TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (owner, key)
) STRICT;

CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- What the shop says about a user, who needs no account.
CREATE TABLE user_attributes (
  user_id    TEXT PRIMARY KEY,
  attributes TEXT NOT NULL  -- JSON object
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  login         TEXT    PRIMARY KEY,
  password_hash TEXT    NOT NULL,  -- crypt(5)
  role          TEXT    NOT NULL,  -- user, service, operator
  created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_revision (
  number      INTEGER PRIMARY KEY,
  revision    TEXT    NOT NULL UNIQUE,  -- SHA-256 in hexadecimal
  accepted_at INTEGER NOT NULL,
  accepted_by TEXT    NOT NULL
) STRICT;

CREATE TABLE policy_file (
  revision INTEGER NOT NULL,  -- policy_revision.number
  name     TEXT    NOT NULL,
  bytes    BLOB    NOT NULL,
  PRIMARY KEY (revision, name)
) STRICT, WITHOUT ROWID;

-- Single values: active_revision (a policy_revision.number).
CREATE TABLE setting (
  name  TEXT    PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
