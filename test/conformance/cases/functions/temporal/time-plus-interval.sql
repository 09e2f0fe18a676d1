-- TIME + INTERVAL over ordinary values, limits and NULLs.
-- covers: TIME + INTERVAL
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  t + INTERVAL '1' HOUR,
  t - INTERVAL '90' MINUTE,
  t + INTERVAL '30' SECOND
FROM times;
