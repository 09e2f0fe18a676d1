-- TRUNCATE over ordinary values, limits and NULLs.
-- covers: TRUNCATE
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  TRUNCATE(d, 1),
  TRUNCATE(p, 1),
  TRUNCATE(p),
  TRUNCATE(i, -1),
  TRUNCATE(42.345, 2),
  TRUNCATE(f, 1)
FROM small;
