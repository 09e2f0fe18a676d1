-- ROUND over ordinary values, limits and NULLs.
-- covers: ROUND
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  ROUND(d, 1),
  ROUND(d),
  ROUND(p, 1),
  ROUND(p),
  ROUND(q, 3),
  ROUND(i, -1),
  ROUND(b, -3),
  ROUND(p, -1),
  ROUND(f, 1),
  ROUND(2.5),
  ROUND(-2.5),
  ROUND(2.345, 2)
FROM small;
