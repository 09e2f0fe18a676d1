-- BETWEEN, NOT BETWEEN over ordinary values, limits and NULLs.
-- covers: BETWEEN, NOT BETWEEN
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  i BETWEEN -5 AND 5,
  i NOT BETWEEN -5 AND 5,
  i BETWEEN 5 AND -5,
  p BETWEEN 0 AND q,
  b BETWEEN NULL AND 10,
  b NOT BETWEEN NULL AND 10
FROM nums;
