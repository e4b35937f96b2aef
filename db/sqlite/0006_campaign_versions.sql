-- Every definition that a campaign ever had: a decision's record names the one it was made under.
CREATE TABLE campaign_version (
  number     INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  id         TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  policy     TEXT    NOT NULL,
  params     TEXT    NOT NULL,
  total      INTEGER,
  pattern    TEXT    NOT NULL,
  alphabet   TEXT    NOT NULL,
  format     INTEGER NOT NULL,
  starts_at  INTEGER,
  ends_at    INTEGER,
  timezone   TEXT    NOT NULL,
  metadata   TEXT    NOT NULL,
  status     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (number, version)
) STRICT, WITHOUT ROWID;

-- Earlier ones were not kept.
INSERT INTO campaign_version
  SELECT number, version, id, name, policy, params, total, pattern, alphabet, format, starts_at, ends_at, timezone,
         metadata, status, created_at
    FROM campaign;
