-- FLOOR ... TO over ordinary values, limits and NULLs.
-- covers: FLOOR ... TO
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  FLOOR(ts TO YEAR),
  FLOOR(ts TO QUARTER),
  FLOOR(ts TO MONTH),
  FLOOR(ts TO WEEK),
  FLOOR(ts TO DAY),
  FLOOR(ts TO HOUR),
  FLOOR(ts TO MINUTE),
  FLOOR(ts TO SECOND),
  FLOOR(d TO YEAR),
  FLOOR(d TO MONTH),
  FLOOR(d TO WEEK)
FROM times WHERE id NOT IN (7, 8);
