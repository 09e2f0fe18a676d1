-- IFNULL over ordinary values, limits and NULLs.
-- covers: IFNULL
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  IFNULL(i, 5),
  IFNULL(p, 0),
  IFNULL(CAST(NULL AS STRING), 'none')
FROM small;
