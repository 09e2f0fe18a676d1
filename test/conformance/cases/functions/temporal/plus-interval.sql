-- + and - of times and intervals over ordinary values, limits and NULLs.
-- covers: + and - of times and intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  ts + INTERVAL '1' DAY,
  ts - INTERVAL '1' HOUR,
  ts + INTERVAL '1' MONTH,
  ts - INTERVAL '1' YEAR,
  d + INTERVAL '1' DAY,
  d + INTERVAL '1' MONTH,
  d - INTERVAL '2' YEAR,
  ts + INTERVAL '1' SECOND
FROM times WHERE id NOT IN (7, 8);
