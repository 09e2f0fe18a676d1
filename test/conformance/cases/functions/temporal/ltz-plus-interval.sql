-- TIMESTAMP_LTZ + INTERVAL over ordinary values, limits and NULLs.
-- covers: TIMESTAMP_LTZ + INTERVAL
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  z + INTERVAL '1' DAY,
  z - INTERVAL '1' HOUR,
  z + INTERVAL '1' MONTH
FROM times WHERE id NOT IN (7, 8);
