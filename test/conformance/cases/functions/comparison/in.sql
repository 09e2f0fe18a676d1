-- IN, NOT IN over ordinary values, limits and NULLs.
-- covers: IN, NOT IN
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  i IN (1, 2, 3),
  i NOT IN (1, 2, 3),
  i IN (3, NULL),
  i NOT IN (3, NULL),
  p IN (2.5, 10.25),
  b IN (9007199254740993),
  id IN (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23)
FROM nums;
