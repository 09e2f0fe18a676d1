-- CAST to BOOLEAN over ordinary values, limits and NULLs.
-- covers: CAST to BOOLEAN
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(i AS BOOLEAN),
  CAST(0 AS BOOLEAN),
  CAST(d AS BOOLEAN),
  CAST('true' AS BOOLEAN),
  CAST('F' AS BOOLEAN),
  CAST('1' AS BOOLEAN)
FROM small;
