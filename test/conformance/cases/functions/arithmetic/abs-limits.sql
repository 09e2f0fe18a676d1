-- ABS, overflow over ordinary values, limits and NULLs.
-- covers: ABS, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  ABS(i),
  ABS(b),
  ABS(q)
FROM nums;
