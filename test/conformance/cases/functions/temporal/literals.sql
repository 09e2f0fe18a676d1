-- literals of times and intervals over ordinary values, limits and NULLs.
-- covers: literals of times and intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  DATE '2024-02-29',
  TIME '12:34:56',
  TIMESTAMP '2024-02-29 12:34:56',
  TIMESTAMP '2024-02-29 12:34:56.123456',
  INTERVAL '10 00:00:00.004' DAY TO SECOND,
  INTERVAL '10' DAY,
  INTERVAL '2-10' YEAR TO MONTH,
  INTERVAL '-3' MINUTE
FROM times;
