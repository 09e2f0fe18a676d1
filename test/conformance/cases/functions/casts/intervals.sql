-- CAST of INTERVAL over ordinary values, limits and NULLs.
-- covers: CAST of INTERVAL
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(INTERVAL '1' DAY AS STRING),
  CAST(INTERVAL '3-2' YEAR TO MONTH AS STRING)
FROM small;
