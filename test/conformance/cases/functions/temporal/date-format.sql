-- DATE_FORMAT over ordinary values, limits and NULLs.
-- covers: DATE_FORMAT
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  DATE_FORMAT(ts, 'yyyy-MM-dd HH:mm:ss'),
  DATE_FORMAT(ts, 'yyyyMMdd'),
  DATE_FORMAT(ts, 'yy/M/d H:m:s.SSS'),
  DATE_FORMAT(ts, 'EEE MMM'),
  DATE_FORMAT(s, 'yyyy'),
  DATE_FORMAT(ts, 'hh:mm a'),
  DATE_FORMAT(z, 'yyyy-MM-dd HH:mm')
FROM times WHERE id IN (1, 2, 4, 5);
