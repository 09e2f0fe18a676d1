-- %, MOD over ordinary values, limits and NULLs.
-- covers: %, MOD
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  i % 5,
  MOD(i, 5),
  b % 7,
  MOD(ti, si),
  MOD(-i, 3),
  p % 3,
  MOD(p, 1.5)
FROM small;
