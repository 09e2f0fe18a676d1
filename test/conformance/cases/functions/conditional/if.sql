-- IF over ordinary values, limits and NULLs.
-- covers: IF
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  IF(i > 0, i, -1),
  IF(i > 0, 'yes', 'no'),
  IF(i IS NULL, p, 0),
  IF(CAST(NULL AS BOOLEAN), 1, 2)
FROM small;
