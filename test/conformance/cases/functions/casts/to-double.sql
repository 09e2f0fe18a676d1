-- CAST to DOUBLE and FLOAT over ordinary values, limits and NULLs.
-- covers: CAST to DOUBLE and FLOAT
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(i AS DOUBLE),
  CAST(b AS DOUBLE),
  CAST(b AS FLOAT),
  CAST(p AS DOUBLE),
  CAST(q AS DOUBLE),
  CAST(d AS FLOAT),
  CAST(f AS DOUBLE)
FROM nums;
