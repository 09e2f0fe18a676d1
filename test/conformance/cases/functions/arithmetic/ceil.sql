-- CEIL over ordinary values, limits and NULLs.
-- covers: CEIL
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CEIL(d),
  CEIL(f),
  CEIL(p),
  CEIL(q),
  CEIL(i),
  CEILING(-0.5)
FROM small;
