-- POWER over ordinary values, limits and NULLs.
-- covers: POWER
-- digits: 13
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  POWER(i, 2),
  POWER(d, 0.5e0),
  POWER(2, i),
  POWER(p, 2),
  POWER(ti, -1)
FROM small;
