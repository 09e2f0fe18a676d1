-- CAST between times over ordinary values, limits and NULLs.
-- covers: CAST between times
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(ts AS DATE),
  CAST(ts AS TIME),
  CAST(d AS TIMESTAMP(3)),
  CAST(tn AS TIMESTAMP(3)),
  CAST(tn AS TIMESTAMP(0)),
  CAST(ts AS TIMESTAMP(9)),
  CAST(ts AS TIMESTAMP_LTZ(3)),
  CAST(z AS TIMESTAMP(3)),
  CAST(d AS TIMESTAMP_LTZ(3)),
  CAST(z AS DATE)
FROM times;
