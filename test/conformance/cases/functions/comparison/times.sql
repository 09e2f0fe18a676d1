-- comparison of times over ordinary values, limits and NULLs.
-- covers: comparison of times
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  ts < TIMESTAMP '2000-01-01 00:00:00',
  d >= DATE '2024-02-29',
  t > TIME '12:00:00',
  ts = tn,
  z > TO_TIMESTAMP_LTZ(0, 3),
  CAST(ts AS DATE) = d
FROM times;
