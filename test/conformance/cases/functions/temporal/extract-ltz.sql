-- EXTRACT from TIMESTAMP_LTZ over ordinary values, limits and NULLs.
-- covers: EXTRACT from TIMESTAMP_LTZ
-- input times from ../../rows/times.ndjson
SET 'table.local-time-zone' = 'Asia/Shanghai';
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  EXTRACT(YEAR FROM z),
  EXTRACT(MONTH FROM z),
  EXTRACT(DAY FROM z),
  EXTRACT(HOUR FROM z),
  EXTRACT(MINUTE FROM z)
FROM times;
