-- Counters whose name ends with their last day, "issued:week:u:mina@2026-11-22", by that day. The row of
-- one that is over is dropped.
CREATE INDEX counter_last_day ON counter (substr(name, -10))
  WHERE substr(name, -11) GLOB '@[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]';

-- 0: none was ever dropped. Else those with an earlier last day, 20261122, may have been.
INSERT INTO setting (name, value) VALUES ('counters_over_before', 0);
