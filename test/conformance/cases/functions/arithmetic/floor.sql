-- FLOOR over ordinary values, limits and NULLs.
-- covers: FLOOR
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  FLOOR(d),
  FLOOR(f),
  FLOOR(p),
  FLOOR(q),
  FLOOR(i),
  FLOOR(-0.5)
FROM small;
