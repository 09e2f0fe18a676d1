-- TYPEOF, types of results over ordinary values, limits and NULLs.
-- covers: TYPEOF, types of results
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  TYPEOF(i),
  TYPEOF(p * q),
  TYPEOF(p / 3),
  TYPEOF(i + b),
  TYPEOF('a'),
  TYPEOF(NULL),
  TYPEOF(1.50),
  TYPEOF(f + d),
  TYPEOF(ARRAY[1, NULL]),
  TYPEOF(MAP['a', 1]),
  TYPEOF(ROW(1, TRUE)),
  TYPEOF(p + i),
  TYPEOF(-p),
  TYPEOF(COALESCE(i, b)),
  TYPEOF(ti * si)
FROM nums;
