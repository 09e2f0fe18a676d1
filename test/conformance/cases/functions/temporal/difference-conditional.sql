-- Differences in CASE, COALESCE and NULLIF.
-- covers: difference of times, intervals
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  CASE WHEN ts > TIMESTAMP '2024-01-01 00:00:00' THEN (ts - TIMESTAMP '2024-01-01 00:00:00') DAY ELSE (TIMESTAMP '2024-01-01 00:00:00' - ts) DAY END,
  COALESCE((ts - TIMESTAMP '2024-01-01 00:00:00') SECOND, INTERVAL '1' DAY),
  NULLIF((ts - TIMESTAMP '2024-01-01 00:00:00') SECOND, INTERVAL '1' DAY),
  GREATEST(TIMESTAMPDIFF(DAY, TIMESTAMP '2024-01-01 00:00:00', ts), 1)
FROM times WHERE id NOT IN (7, 8);
