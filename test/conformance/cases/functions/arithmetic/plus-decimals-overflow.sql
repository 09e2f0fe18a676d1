-- A DECIMAL result that does not fit its 38 digits is NULL.
-- covers: + of DECIMAL, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  q + q,
  q + p,
  q + CAST('99999999999999999999.9' AS DECIMAL(38, 18))
FROM nums;
