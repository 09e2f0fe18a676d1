-- Differences of nanosecond timestamps and of instants.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (tn - TIMESTAMP '2024-01-01 00:00:00.000000001') SECOND,
  (tn - TIMESTAMP '2024-01-01 00:00:00.999999999') DAY TO SECOND,
  (tn - ts) SECOND,
  (z - TO_TIMESTAMP_LTZ(0, 3)) DAY TO SECOND,
  (tn - TIMESTAMP '2024-01-01 00:00:00.5') MONTH
FROM times WHERE id NOT IN (7, 8);
