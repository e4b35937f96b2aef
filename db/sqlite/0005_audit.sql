-- When a set of policies was put in force, by whom, from where and why. The last row says what is in
-- force. Instants of both tables are real ones.
CREATE TABLE policy_activation (
  id        INTEGER PRIMARY KEY,
  revision  INTEGER NOT NULL,  -- policy_revision.number
  at        INTEGER NOT NULL,
  actor     TEXT    NOT NULL,  -- a token's subject, or start, watch, SIGHUP
  origin    TEXT    NOT NULL,  -- start, reload, console, watch, signal, rollback
  notes     TEXT    NOT NULL,  -- may be empty
  set_aside TEXT    NOT NULL   -- the revision of the files on disk that shall not come back by themselves; or empty
) STRICT;

CREATE INDEX policy_activation_by_revision ON policy_activation (revision, id);

-- What is known of those before this: when each was accepted first.
INSERT INTO policy_activation (revision, at, actor, origin, notes, set_aside)
  SELECT number, accepted_at, accepted_by,
         CASE accepted_by WHEN 'start' THEN 'start' WHEN 'watch' THEN 'watch' WHEN 'SIGHUP' THEN 'signal' ELSE 'reload' END,
         '', ''
    FROM policy_revision ORDER BY number;

-- And that an earlier one is in force again.
INSERT INTO policy_activation (revision, at, actor, origin, notes, set_aside)
  SELECT value, (SELECT max(accepted_at) FROM policy_revision), 'unknown', 'reload',
         'In force again since some time after this; when and by whom was not kept then.', ''
    FROM setting
   WHERE name = 'active_revision' AND value > 0 AND value <> (SELECT max(number) FROM policy_revision);

-- What operators did (coupon/audit.h), for 400 days.
CREATE TABLE audit (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  at        INTEGER NOT NULL,
  subject   TEXT    NOT NULL,
  role      TEXT    NOT NULL,  -- user, service, operator; host: Scrip itself
  action    TEXT    NOT NULL,
  target    TEXT    NOT NULL,
  old_value TEXT    NOT NULL,  -- JSON object; empty: there was nothing
  new_value TEXT    NOT NULL   -- JSON object; empty: it is gone
) STRICT;

CREATE INDEX audit_by_at ON audit (at);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_target ON audit (target, id);
