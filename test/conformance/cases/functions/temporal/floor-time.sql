-- FLOOR of TIME over ordinary values, limits and NULLs.
-- covers: FLOOR of TIME
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  FLOOR(t TO HOUR),
  CEIL(t TO MINUTE),
  FLOOR(t TO MINUTE)
FROM times;
