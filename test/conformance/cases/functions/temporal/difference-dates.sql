-- Differences of dates.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (d - DATE '2024-01-15') DAY,
  (d - DATE '2024-01-15') DAY TO SECOND,
  (d - DATE '2024-01-15') HOUR,
  (d - DATE '2024-01-15') MONTH,
  (d - DATE '2024-01-15') YEAR TO MONTH,
  (DATE '2024-01-15' - d) SECOND
FROM times WHERE id NOT IN (7, 8);
