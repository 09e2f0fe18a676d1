-- SINH over ordinary values, limits and NULLs.
-- covers: SINH
-- digits: 12
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  SINH(f),
  SINH(d),
  SINH(p)
FROM small;
