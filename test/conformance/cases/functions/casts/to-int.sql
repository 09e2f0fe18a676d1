-- Numbers that do not fit INT are cut as in Java; decimals give NULL.
-- covers: CAST to INT, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(ti AS INT),
  CAST(si AS INT),
  CAST(i AS INT),
  CAST(b AS INT),
  CAST(f AS INT),
  CAST(d AS INT),
  CAST(p AS INT)
FROM nums;
