-- Differences of times of day.
-- covers: difference of times, intervals
-- expect: error
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (t - TIME '06:30:00') HOUR,
  (t - TIME '06:30:00') MINUTE TO SECOND,
  (t - TIME '06:30:00') SECOND,
  (t - TIME '06:30:00') DAY TO SECOND
FROM times;
