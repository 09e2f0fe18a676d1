-- UNIX_TIMESTAMP over ordinary values, limits and NULLs.
-- covers: UNIX_TIMESTAMP
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  UNIX_TIMESTAMP('2024-02-29 12:34:56'),
  UNIX_TIMESTAMP('29/02/2024', 'dd/MM/yyyy'),
  UNIX_TIMESTAMP(s),
  UNIX_TIMESTAMP('1969-12-31 23:59:59')
FROM times;
