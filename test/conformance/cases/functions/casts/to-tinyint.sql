-- Numbers that do not fit TINYINT are cut as in Java; decimals give NULL.
-- covers: CAST to TINYINT, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(ti AS TINYINT),
  CAST(si AS TINYINT),
  CAST(i AS TINYINT),
  CAST(b AS TINYINT),
  CAST(f AS TINYINT),
  CAST(d AS TINYINT),
  CAST(p AS TINYINT)
FROM nums;
