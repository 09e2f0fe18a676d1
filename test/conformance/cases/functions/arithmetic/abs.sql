-- ABS over ordinary values, limits and NULLs.
-- covers: ABS
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  ABS(i),
  ABS(b),
  ABS(ti),
  ABS(f),
  ABS(d),
  ABS(p),
  ABS(q),
  ABS(-5)
FROM small;
