-- * of FLOAT and DOUBLE over ordinary values, limits and NULLs.
-- covers: * of FLOAT and DOUBLE
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  d * d,
  f * f,
  d * f,
  d * i,
  f * p,
  d * 0.5e0
FROM nums;
