-- The first schema. Instants are microseconds since 1970-01-01T00:00:00Z, money is in minor units. What belongs to a
-- campaign has campaign_id first in its key, so that the tables can be distributed by it.

-- The nodes that share this database. A node has the lowest number that was free when it started; one that was
-- not seen for a minute loses its number.
CREATE TABLE node (
  id          smallint PRIMARY KEY,     -- 0 to 127; a part of the ids that the node gives
  incarnation bigint   NOT NULL,        -- raised by whoever takes the number
  seen_at     bigint   NOT NULL,        -- by the database's clock; 0: the node has stopped
  name        text     NOT NULL,        -- host and process, for people
  batch       bigint   NOT NULL         -- the last one that was committed: what a node asks that lost its connection
);

-- One row. Raised by every commit that changes what a node keeps in memory (db/store.h: Definitions).
CREATE TABLE definition_version (
  id      smallint PRIMARY KEY,  -- 1
  version bigint   NOT NULL
);

CREATE TABLE campaign (
  campaign_id bigint PRIMARY KEY,  -- its number
  version     bigint NOT NULL,
  id          text   COLLATE "C" NOT NULL UNIQUE,
  name        text   NOT NULL,
  policy      text   NOT NULL,
  params      text   NOT NULL,  -- JSON object
  total       bigint,           -- null: no limit
  pattern     text   NOT NULL,
  alphabet    text   NOT NULL,  -- base32, alnum, digits
  format      bigint NOT NULL,  -- code_format.id
  starts_at   bigint,
  ends_at     bigint,
  timezone    text   NOT NULL,
  metadata    text   NOT NULL,  -- JSON object
  status      text   NOT NULL,  -- active, paused, ended
  created_at  bigint NOT NULL
);

-- Every definition that a campaign ever had: a decision's record names the one it was made under.
CREATE TABLE campaign_version (
  campaign_id bigint NOT NULL,
  version     bigint NOT NULL,
  id          text   NOT NULL,
  name        text   NOT NULL,
  policy      text   NOT NULL,
  params      text   NOT NULL,
  total       bigint,
  pattern     text   NOT NULL,
  alphabet    text   NOT NULL,
  format      bigint NOT NULL,
  starts_at   bigint,
  ends_at     bigint,
  timezone    text   NOT NULL,
  metadata    text   NOT NULL,
  status      text   NOT NULL,
  created_at  bigint NOT NULL,
  PRIMARY KEY (campaign_id, version)
);

CREATE TABLE code_format (
  id       bigint PRIMARY KEY,
  shape    text   COLLATE "C" NOT NULL,
  alphabet text   COLLATE "C" NOT NULL,
  key      bytea  NOT NULL,  -- 16 bytes
  UNIQUE (shape, alphabet)
);

CREATE TABLE code_batch (
  campaign_id  bigint NOT NULL,
  id           bigint NOT NULL,  -- 1, 2, 3 ... over all campaigns
  format       bigint NOT NULL,
  first_index  bigint NOT NULL,
  first_serial bigint NOT NULL,
  count        bigint NOT NULL,
  created_at   bigint NOT NULL,
  PRIMARY KEY (campaign_id, id)
);

-- What each node has counted of a campaign; the campaign's tally is the sum over all nodes. A row of one node may
-- be negative: another node may have issued what it redeems.
CREATE TABLE stock (
  campaign_id bigint   NOT NULL,
  node_id     smallint NOT NULL,
  issued      bigint   NOT NULL,  -- imported ones included
  computed    bigint   NOT NULL,  -- of these, serials 0 and up
  redeemed    bigint   NOT NULL,
  pooled      bigint   NOT NULL,
  by_hand     boolean  NOT NULL,  -- it ever gave a serial out of order
  held        bigint   NOT NULL DEFAULT 0,  -- holds in force
  PRIMARY KEY (campaign_id, node_id)
);

-- Serials at or above next_serial belonged to no lease yet. No row: 0.
CREATE TABLE frontier (
  campaign_id bigint PRIMARY KEY,
  next_serial bigint NOT NULL
);

-- Serials that nobody else may give: next_serial <= serial < end_serial. A node gives from its own leases under a shared
-- lock of the campaign's row; everything else of a lease changes under the exclusive one alone.
CREATE TABLE lease (
  campaign_id  bigint   NOT NULL,
  first_serial bigint   NOT NULL,
  end_serial   bigint   NOT NULL,
  next_serial  bigint   NOT NULL,
  node_id      smallint NOT NULL,  -- -1: nobody's; they were given back
  PRIMARY KEY (campaign_id, first_serial)
);

CREATE INDEX lease_by_node ON lease (node_id, campaign_id);

-- Until when a campaign is locked exclusively by everybody, because somebody could not get it so: those who share would
-- go on sharing for ever.
CREATE TABLE turn (
  campaign_id bigint PRIMARY KEY,
  ends_at     bigint NOT NULL  -- by the database's clock
);

-- A computed coupon (serial 0 and up) has a row from its issue on, an imported one (below 0) from its import on.
CREATE TABLE coupon (
  campaign_id       bigint   NOT NULL,
  serial            bigint   NOT NULL,
  version           integer  NOT NULL,  -- raised by each change: who read another one has read something old
  state             smallint NOT NULL,  -- 0 available, 1 issued, 2 redeemed
  user_id           text     COLLATE "C",
  subject           text     COLLATE "C",
  issued_at         bigint   NOT NULL,  -- 0 while available
  expires_at        bigint   NOT NULL,  -- 253402300800000000, the year 10000: never
  decision          bigint   NOT NULL,  -- of the last change, 0: none
  redeemed_at       bigint,
  discount_amount   bigint,
  discount_currency text,
  order_id          text,
  imported_code     text,               -- as it was imported; null for computed codes
  created_at        bigint   NOT NULL,  -- 0 for computed codes, whose batch knows
  PRIMARY KEY (campaign_id, serial)
);

CREATE INDEX coupon_by_user ON coupon (user_id, expires_at DESC, campaign_id, serial) WHERE user_id IS NOT NULL;
CREATE INDEX coupon_by_expiry ON coupon (expires_at, campaign_id, serial) WHERE state = 1;
-- Serials of imported coupons go down from -1, so the oldest is the last.
CREATE INDEX coupon_pooled ON coupon (campaign_id, serial DESC) WHERE state = 0;

-- Imported codes, normalized: each belongs to one campaign.
CREATE TABLE imported_code (
  code        text   COLLATE "C" PRIMARY KEY,
  campaign_id bigint NOT NULL,
  serial      bigint NOT NULL
);

-- Holds (coupon/hold.h): one for a coupon that is set aside for a checkout, or that was redeemed through a hold. Each
-- change of one raises the coupon's version too.
CREATE TABLE hold (
  campaign_id    bigint   NOT NULL,
  serial         bigint   NOT NULL,
  state          smallint NOT NULL,  -- 0 in force, 1 redeemed
  key            text     COLLATE "C" NOT NULL,  -- empty when redeemed
  held_at        bigint   NOT NULL,
  expires_at     bigint   NOT NULL,
  user_id        text     COLLATE "C",  -- the coupon's, as subject
  subject        text     COLLATE "C",
  order_id       text,
  order_amount   bigint,
  order_currency text,
  discount       bigint,             -- in the order's currency
  counts         bytea    NOT NULL,  -- db/hold_counts.h
  decision       bigint   NOT NULL,  -- that made it, 0: none
  PRIMARY KEY (campaign_id, serial)
);

-- What ends next.
CREATE INDEX hold_by_end ON hold (expires_at, campaign_id, serial) WHERE state = 0;

-- Orders on which several coupons were redeemed together, until they are cancelled, and what each coupon gave. A coupon's
-- row names its order too (coupon.order_id). The key is what keeps two nodes from redeeming on the same order.
CREATE TABLE stacked_order (
  id          text   COLLATE "C" PRIMARY KEY,  -- the shop's, or one that was made up
  amount      bigint NOT NULL,                 -- minor units
  currency    text   NOT NULL,
  redeemed_at bigint NOT NULL
);

CREATE TABLE stacked_order_coupon (
  order_id    text   COLLATE "C" NOT NULL,
  place       bigint NOT NULL,  -- in the order in which they were applied, from 0
  campaign_id bigint NOT NULL,
  serial      bigint NOT NULL,
  discount    bigint NOT NULL,
  PRIMARY KEY (order_id, place)
);

-- What a user holds of a campaign, over all subjects ('') and of each subject. The sums of the coupon rows, coupons of
-- which a hold is in force counted as redeemed; the key is what keeps two nodes from giving the same user a coupon each.
CREATE TABLE holding (
  campaign_id bigint NOT NULL,
  user_id     text   COLLATE "C" NOT NULL,
  subject     text   COLLATE "C" NOT NULL,
  issued      bigint NOT NULL,
  redeemed    bigint NOT NULL,
  PRIMARY KEY (campaign_id, user_id, subject)
);

CREATE TABLE counter (
  campaign_id bigint NOT NULL,
  name        text   COLLATE "C" NOT NULL,
  value       bigint NOT NULL,
  unrecorded  bigint NOT NULL,     -- what of it no decision accounts for: those were dropped, or never recorded
  last_day    text   COLLATE "C",  -- "2026-11-22" of a name that ends with it (coupon/counter_day.h)
  PRIMARY KEY (campaign_id, name)
);

CREATE INDEX counter_by_last_day ON counter (last_day) WHERE last_day IS NOT NULL;

CREATE TABLE decision (
  campaign_id bigint  NOT NULL,
  id          bigint  NOT NULL,  -- grows with time over all nodes
  at          bigint  NOT NULL,
  serial      bigint,
  user_id     text    COLLATE "C",
  revision    bigint  NOT NULL,
  code        text    NOT NULL,  -- empty: allowed
  record      bytea   NOT NULL,
  counts      boolean NOT NULL,
  PRIMARY KEY (campaign_id, id)
);

CREATE INDEX decision_by_id ON decision (id);
CREATE INDEX decision_by_user ON decision (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX decision_by_coupon ON decision (campaign_id, serial, id) WHERE serial IS NOT NULL;
CREATE INDEX decision_by_instant ON decision (at, id);
-- Those whose instant is not within a minute of that at which their id was given (db/postgres/ids.h): of a clock that was
-- shifted or set back, or of another database.
CREATE INDEX decision_out_of_place ON decision (at, id)
  WHERE abs(at - 1735689600000000 - (id >> 13) * 1000) > 60000000;

-- Refusals that were counted and not recorded: of one kind, in one minute of the coupons' clock.
CREATE TABLE refusal_count (
  campaign_id bigint NOT NULL,
  minute      bigint NOT NULL,
  hook        text   COLLATE "C" NOT NULL,
  code        text   COLLATE "C" NOT NULL,
  revision    bigint NOT NULL,
  id          bigint NOT NULL,
  count       bigint NOT NULL,
  PRIMARY KEY (campaign_id, minute, hook, code, revision)
);

CREATE INDEX refusal_count_by_campaign ON refusal_count (campaign_id, id);
CREATE INDEX refusal_count_by_id ON refusal_count (id);
CREATE INDEX refusal_count_by_minute ON refusal_count (minute, id);

CREATE TABLE idempotency (
  owner       text     COLLATE "C" NOT NULL,
  key         text     COLLATE "C" NOT NULL,
  fingerprint bytea    NOT NULL,  -- SHA-256
  status      smallint NOT NULL,
  body        bytea    NOT NULL,
  created_at  bigint   NOT NULL,
  PRIMARY KEY (owner, key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE user_attributes (
  user_id    text COLLATE "C" PRIMARY KEY,
  attributes text NOT NULL  -- JSON object
);

CREATE TABLE account (
  login         text   COLLATE "C" PRIMARY KEY,
  password_hash text   NOT NULL,  -- crypt(5)
  role          text   NOT NULL,  -- user, service, operator
  created_at    bigint NOT NULL
);

-- The id of a work that was deleted never comes again: setting last_work.
CREATE TABLE work (
  id         bigint PRIMARY KEY,
  title      text   NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);

CREATE TABLE policy_revision (
  number      bigint PRIMARY KEY,
  revision    text   COLLATE "C" NOT NULL UNIQUE,  -- SHA-256 in hexadecimal
  accepted_at bigint NOT NULL,
  accepted_by text   NOT NULL
);

CREATE TABLE policy_file (
  revision bigint NOT NULL,  -- policy_revision.number
  name     text   COLLATE "C" NOT NULL,
  bytes    bytea  NOT NULL,
  PRIMARY KEY (revision, name)
);

CREATE TABLE policy_activation (
  id        bigint PRIMARY KEY,
  revision  bigint NOT NULL,
  at        bigint NOT NULL,
  actor     text   NOT NULL,
  origin    text   NOT NULL,  -- start, reload, console, watch, signal, rollback
  notes     text   NOT NULL,
  set_aside text   NOT NULL
);

CREATE INDEX policy_activation_by_revision ON policy_activation (revision, id);

-- Single values: active_revision, last_work; counters_over_before (20261122: those with an earlier last day may have been
-- dropped), last_dropped_decision.
CREATE TABLE setting (
  name  text   COLLATE "C" PRIMARY KEY,
  value bigint NOT NULL
);

CREATE TABLE import_job (
  id          text   COLLATE "C" PRIMARY KEY,
  number      bigint NOT NULL,   -- grows with time; a job that is sent again gets a new one
  campaign_id bigint NOT NULL,
  state       text   NOT NULL,   -- running, done, failed
  rows        bigint NOT NULL,
  imported    bigint NOT NULL,
  rejected    bigint NOT NULL,
  bytes_read  bigint NOT NULL,
  bytes_total bigint,            -- null: nobody knows
  started_at  bigint NOT NULL,
  ended_at    bigint,
  why         text   NOT NULL,
  node_id     smallint NOT NULL, -- who reads the file
  incarnation bigint   NOT NULL
);

CREATE UNIQUE INDEX import_job_by_number ON import_job (number);
CREATE INDEX import_job_running ON import_job (number) WHERE state = 'running';

CREATE TABLE import_error (
  job     bigint NOT NULL,  -- import_job.number
  line    bigint NOT NULL,
  message text   NOT NULL,
  PRIMARY KEY (job, line)
);

-- Events (coupon/event.h), until some days after they were delivered or given up.
CREATE TABLE outbox (
  id              bigint   PRIMARY KEY,
  kind            text     NOT NULL,
  at              bigint   NOT NULL,
  campaign_id     bigint,
  unique_key      text     COLLATE "C",
  data            text     NOT NULL,  -- JSON object
  recorded_at     bigint   NOT NULL,
  state           smallint NOT NULL,  -- 0 pending, 1 delivered, 2 failed, 3 obsolete
  attempts        integer  NOT NULL,
  next_attempt_at bigint   NOT NULL,
  settled_at      bigint,
  last_error      text     NOT NULL
);

CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE state = 0;
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 0;
CREATE UNIQUE INDEX outbox_by_unique_key ON outbox (unique_key) WHERE unique_key IS NOT NULL;

-- The notices that were made.
CREATE TABLE reminder (
  campaign_id bigint NOT NULL,
  serial      bigint NOT NULL,
  expires_at  bigint NOT NULL,
  mark        text   COLLATE "C" NOT NULL,
  PRIMARY KEY (campaign_id, serial, expires_at, mark)
);

CREATE INDEX reminder_by_expiry ON reminder (expires_at);

CREATE TABLE audit (
  id        bigint PRIMARY KEY,
  at        bigint NOT NULL,
  subject   text   COLLATE "C" NOT NULL,
  role      text   NOT NULL,
  action    text   COLLATE "C" NOT NULL,
  target    text   COLLATE "C" NOT NULL,
  old_value text   NOT NULL,
  new_value text   NOT NULL
);

CREATE INDEX audit_by_at ON audit (at, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_target ON audit (target, id);

-- Jobs that one node at a time does, and until when it does (by the database's clock).
CREATE TABLE job (
  name    text     COLLATE "C" PRIMARY KEY,
  node_id smallint NOT NULL,
  ends_at bigint   NOT NULL
);

INSERT INTO definition_version (id, version) VALUES (1, 1);
INSERT INTO setting (name, value)
  VALUES ('active_revision', 0), ('last_work', 0), ('counters_over_before', 0), ('last_dropped_decision', 0);
