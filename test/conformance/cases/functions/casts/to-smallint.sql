-- Numbers that do not fit SMALLINT are cut as in Java; decimals give NULL.
-- covers: CAST to SMALLINT, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(ti AS SMALLINT),
  CAST(si AS SMALLINT),
  CAST(i AS SMALLINT),
  CAST(b AS SMALLINT),
  CAST(f AS SMALLINT),
  CAST(d AS SMALLINT),
  CAST(p AS SMALLINT)
FROM nums;
