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
-- its import on. The id is campaign << 43 | serial + 2^42: claims, which go by ascending serials,
-- append.
CREATE TABLE coupon (
  id                INTEGER PRIMARY KEY,
  state             INTEGER NOT NULL,  -- 0 available, 1 issued, 2 redeemed
  user_id           TEXT,
  subject           TEXT,
  issued_at         INTEGER NOT NULL,  -- 0 while available
  expires_at        INTEGER,           -- null: never
  decision          INTEGER NOT NULL,  -- of the last change, 0: none
  redeemed_at       INTEGER,
  discount_amount   INTEGER,
  discount_currency TEXT,
  order_id          TEXT,
  imported_code     TEXT,              -- as it was imported; null for computed codes
  imported_key      TEXT,              -- the same normalized, for the look-up
  created_at        INTEGER NOT NULL DEFAULT 0  -- 0 for computed codes, whose batch knows
) STRICT;

-- Whose a coupon is and when it expires is found by postings, see posting_run.

-- The pool of imported coupons that nobody holds; serials go down from -1, so the oldest is the last.
CREATE INDEX coupon_pooled
  ON coupon (id)
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

-- A batch's decisions, or a part of them: `count` of them, the first of which is first_id.
CREATE TABLE decision_block (
  first_id  INTEGER PRIMARY KEY,
  count     INTEGER NOT NULL,
  decisions BLOB    NOT NULL  -- decision_codec.h
) STRICT;

CREATE TABLE decision_block_campaign (
  campaign INTEGER NOT NULL,
  first_id INTEGER NOT NULL,
  PRIMARY KEY (campaign, first_id)
) STRICT, WITHOUT ROWID;

-- Found by a posting of owner and key. A key may have several rows; the newest counts. An id never
-- comes again, also when all rows were dropped: older postings are told by it.
CREATE TABLE idempotency (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  owner       TEXT    NOT NULL,
  key         TEXT    NOT NULL,
  fingerprint BLOB    NOT NULL,  -- SHA-256
  status      INTEGER NOT NULL,
  body        TEXT    NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;

-- Indexes whose entries come in random order are kept in sorted runs (runs/sorted_runs.h): what is
-- in no run yet, a row a batch; the runs; and their parts, whose ids are run << 32 | place.
CREATE TABLE posting_recent (
  id       INTEGER PRIMARY KEY,  -- number of the batch << 3 | index
  postings BLOB NOT NULL
) STRICT;

CREATE TABLE posting_run (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  collection INTEGER NOT NULL,  -- the index
  state      INTEGER NOT NULL,  -- 0 being built, 1 live, 2 replaced by another
  postings   INTEGER NOT NULL
) STRICT;

CREATE INDEX posting_run_by_state ON posting_run (collection, state);

CREATE TABLE posting_chunk (
  id       INTEGER PRIMARY KEY,
  postings BLOB NOT NULL
) STRICT;

CREATE TABLE posting_segment (
  id     INTEGER PRIMARY KEY,
  fences BLOB NOT NULL,  -- the first key of each chunk, 8 bytes each
  filter BLOB NOT NULL
) STRICT;

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

-- Single values: active_revision (a policy_revision.number), and the key of the postings' hash.
CREATE TABLE setting (
  name  TEXT    PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO setting (name, value) VALUES ('hash_key_0', random()), ('hash_key_1', random());
