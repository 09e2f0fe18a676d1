-- Numbers that do not fit BIGINT are cut as in Java; decimals give NULL.
-- covers: CAST to BIGINT, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(ti AS BIGINT),
  CAST(si AS BIGINT),
  CAST(i AS BIGINT),
  CAST(b AS BIGINT),
  CAST(f AS BIGINT),
  CAST(d AS BIGINT),
  CAST(p AS BIGINT)
FROM nums;
