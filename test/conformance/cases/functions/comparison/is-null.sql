-- IS NULL, IS NOT NULL over ordinary values, limits and NULLs.
-- covers: IS NULL, IS NOT NULL
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  i IS NULL,
  i IS NOT NULL,
  (i + CAST(NULL AS INT)) IS NULL,
  q IS NULL,
  CAST(NULL AS INT) IS NULL
FROM nums;
