-- DAYOFYEAR over ordinary values, limits and NULLs.
-- covers: DAYOFYEAR
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  DAYOFYEAR(ts),
  DAYOFYEAR(d)
FROM times;
