-- Decisions go after a while, and of a crowd that is refused for one reason only the first are recorded.

-- Refusals that were counted and not recorded: of one kind, in one minute of the coupons' clock.
CREATE TABLE refusal_count (
  id       INTEGER PRIMARY KEY,
  minute   INTEGER NOT NULL,  -- the instant at which it began
  campaign INTEGER NOT NULL,
  hook     TEXT    NOT NULL,  -- issue, redeem, cancel
  code     TEXT    NOT NULL,
  revision INTEGER NOT NULL,  -- policy_revision.number, 0: none was in force
  count    INTEGER NOT NULL,
  UNIQUE (minute, campaign, hook, code, revision)
) STRICT;

CREATE INDEX refusal_count_by_campaign ON refusal_count (campaign, id);

-- What of a counter's value no decision accounts for: those that counted it were dropped, or never recorded.
CREATE TABLE unrecorded_count (
  campaign INTEGER NOT NULL,
  name     TEXT    NOT NULL,
  value    INTEGER NOT NULL,
  PRIMARY KEY (campaign, name)
) STRICT, WITHOUT ROWID;

-- Ids go on from the last one that was dropped. Decisions up to last_unmarked_decision do not say
-- whether they changed counters.
INSERT INTO setting (name, value) VALUES ('last_dropped_decision', 0);
INSERT INTO setting (name, value)
  SELECT 'last_unmarked_decision', ifnull(max(first_id + count - 1), 0) FROM decision_block;
