-- Arithmetic with differences.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY + INTERVAL '1' HOUR,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO SECOND - INTERVAL '1' DAY,
  (ts - TIMESTAMP '2024-01-01 00:00:00') HOUR * 2,
  2 * (ts - TIMESTAMP '2024-01-01 00:00:00') MONTH,
  TIMESTAMP '2024-01-01 00:00:00' + (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO SECOND,
  TIMESTAMP '2024-01-01 00:00:00' - (ts - TIMESTAMP '2024-01-01 00:00:00') SECOND,
  TIMESTAMP '2024-01-01 00:00:00' + (ts - TIMESTAMP '2024-01-01 00:00:00') MONTH,
  d + (d - DATE '2024-01-15') DAY,
  -((ts - TIMESTAMP '2024-01-01 00:00:00') DAY)
FROM times WHERE id NOT IN (7, 8);
