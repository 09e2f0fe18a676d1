-- < over ordinary values, limits and NULLs.
-- covers: <
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  i < b,
  ti < si,
  d < f,
  p < i,
  q < p,
  d < p,
  i < 3,
  i < CAST(NULL AS INT),
  b < 9007199254740993,
  p < 2.5
FROM nums;
