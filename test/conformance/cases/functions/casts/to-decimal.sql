-- CAST to DECIMAL, overflow over ordinary values, limits and NULLs.
-- covers: CAST to DECIMAL, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(i AS DECIMAL(10, 2)),
  CAST(i AS DECIMAL(4, 2)),
  CAST(b AS DECIMAL(20, 0)),
  CAST(p AS DECIMAL(10, 1)),
  CAST(q AS DECIMAL(10, 2)),
  CAST(f AS DECIMAL(10, 3)),
  CAST(id / 3e0 AS DECIMAL(5, 2)),
  CAST(d AS DECIMAL(38, 10))
FROM nums;
