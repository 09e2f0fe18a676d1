-- OVERLAPS over ordinary values, limits and NULLs.
-- covers: OVERLAPS
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  (TIME '2:55:00', INTERVAL '1' HOUR) OVERLAPS (TIME '3:30:00', INTERVAL '2' HOUR),
  (d, INTERVAL '10' DAY) OVERLAPS (DATE '2024-01-01', INTERVAL '99' DAY),
  (ts, TIMESTAMP '2024-06-01 00:00:00') OVERLAPS (TIMESTAMP '2024-03-01 00:00:00', INTERVAL '1' DAY)
FROM times;
