-- Imports: the jobs, and imported codes in sorted runs like everything else that comes in random
-- order (posting_recent, collection 5). Nothing was ever imported before this.

DROP INDEX coupon_by_imported_key;

-- An import that is running or over. Its numbers are stored with the rows that they count.
CREATE TABLE import_job (
  number      INTEGER PRIMARY KEY,  -- grows with time; a job that is sent again gets a new one
  id          TEXT    NOT NULL UNIQUE,
  campaign    INTEGER NOT NULL,
  state       TEXT    NOT NULL,  -- running, done, failed
  rows        INTEGER NOT NULL,
  imported    INTEGER NOT NULL,
  rejected    INTEGER NOT NULL,
  bytes_read  INTEGER NOT NULL,
  bytes_total INTEGER,           -- null: nobody knows
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  why         TEXT    NOT NULL   -- it failed; else empty
) STRICT;

CREATE INDEX import_job_running
  ON import_job (number)
  WHERE state = 'running';

-- The first bad rows of a job.
CREATE TABLE import_error (
  job     INTEGER NOT NULL,  -- import_job.number
  line    INTEGER NOT NULL,
  message TEXT    NOT NULL,
  PRIMARY KEY (job, line)
) STRICT, WITHOUT ROWID;
