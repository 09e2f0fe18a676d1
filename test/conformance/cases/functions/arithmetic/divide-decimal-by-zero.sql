-- A decimal division by zero fails the job.
-- covers: division by zero
-- expect: error
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(10 AS DECIMAL(5, 2)) / p
FROM nums;
