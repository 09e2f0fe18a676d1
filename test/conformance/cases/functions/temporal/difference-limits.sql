-- Differences of the first and the last years.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO SECOND,
  (d - DATE '2024-01-01') DAY,
  (ts - TIMESTAMP '2024-01-01 00:00:00') YEAR TO MONTH
FROM times WHERE id IN (7, 8);
