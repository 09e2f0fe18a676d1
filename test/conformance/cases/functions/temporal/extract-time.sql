-- EXTRACT from TIME over ordinary values, limits and NULLs.
-- covers: EXTRACT from TIME
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  EXTRACT(HOUR FROM t),
  EXTRACT(MINUTE FROM t),
  EXTRACT(SECOND FROM t)
FROM times;
