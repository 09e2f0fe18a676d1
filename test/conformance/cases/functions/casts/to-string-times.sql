-- CAST to STRING over ordinary values, limits and NULLs.
-- covers: CAST to STRING
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(d AS STRING),
  CAST(t AS STRING),
  CAST(ts AS STRING),
  CAST(tn AS STRING),
  CAST(z AS STRING)
FROM times;
