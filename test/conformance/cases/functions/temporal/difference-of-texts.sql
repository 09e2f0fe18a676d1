-- Texts have no difference.
-- covers: difference of times, intervals
-- expect: error
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  (s - ts) DAY
FROM times;
