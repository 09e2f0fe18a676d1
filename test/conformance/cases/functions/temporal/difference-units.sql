-- Differences of timestamps in every unit.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY,
  (ts - TIMESTAMP '2024-01-01 00:00:00') HOUR,
  (ts - TIMESTAMP '2024-01-01 00:00:00') MINUTE,
  (ts - TIMESTAMP '2024-01-01 00:00:00') SECOND,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO HOUR,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO MINUTE,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO SECOND,
  (ts - TIMESTAMP '2024-01-01 00:00:00') HOUR TO MINUTE,
  (ts - TIMESTAMP '2024-01-01 00:00:00') HOUR TO SECOND,
  (ts - TIMESTAMP '2024-01-01 00:00:00') MINUTE TO SECOND,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY(3),
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO SECOND(3),
  (ts - TIMESTAMP '2024-01-01 00:00:00') SECOND(3)
FROM times WHERE id NOT IN (7, 8);
