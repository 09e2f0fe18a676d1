-- Differences are compared with intervals and with each other.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY > INTERVAL '10' DAY,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO SECOND <= INTERVAL '0' SECOND,
  (ts - TIMESTAMP '2024-01-01 00:00:00') MONTH = INTERVAL '1' MONTH,
  (ts - TIMESTAMP '2024-01-01 00:00:00') SECOND BETWEEN INTERVAL '-99' DAY AND INTERVAL '99' DAY,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY <> (d - DATE '2024-01-01') DAY,
  (ts - TIMESTAMP '2024-01-01 00:00:00') YEAR IS NULL
FROM times WHERE id NOT IN (7, 8);
