-- LEAST over ordinary values, limits and NULLs.
-- covers: LEAST
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  LEAST(i, b),
  LEAST(p, q, 3),
  LEAST(d, 0),
  LEAST('a', 'b')
FROM small WHERE i IS NOT NULL;
