-- COALESCE over ordinary values, limits and NULLs.
-- covers: COALESCE
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  COALESCE(i, 0),
  COALESCE(NULL, p, 1),
  COALESCE(ti, b),
  COALESCE(i, p, d),
  COALESCE(CAST(NULL AS STRING), 'x')
FROM small;
