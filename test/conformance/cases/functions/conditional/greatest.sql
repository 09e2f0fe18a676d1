-- GREATEST over ordinary values, limits and NULLs.
-- covers: GREATEST
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  GREATEST(i, b),
  GREATEST(p, q, 3),
  GREATEST(d, 0),
  GREATEST('a', 'b')
FROM small WHERE i IS NOT NULL;
