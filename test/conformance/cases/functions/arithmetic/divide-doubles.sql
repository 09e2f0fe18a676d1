-- Doubles divide by zero to infinity and NaN.
-- covers: / of DOUBLE, division by zero
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  d / 0e0,
  d / 3,
  f / 3,
  i / 0e0,
  d / i,
  -d / 0e0
FROM nums;
