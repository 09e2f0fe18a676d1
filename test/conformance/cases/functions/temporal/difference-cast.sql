-- Differences cast to text and to numbers.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST((ts - TIMESTAMP '2024-01-01 00:00:00') DAY TO SECOND AS STRING),
  CAST((ts - TIMESTAMP '2024-01-01 00:00:00') MONTH AS STRING),
  CAST((ts - TIMESTAMP '2024-01-01 00:00:00') DAY AS STRING)
FROM times WHERE id NOT IN (7, 8);
