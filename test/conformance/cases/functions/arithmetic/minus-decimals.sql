-- - of DECIMAL over ordinary values, limits and NULLs.
-- covers: - of DECIMAL
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  p - p,
  p - q,
  p - i,
  p - b,
  p - 1.005,
  q - q,
  p - CAST(1.5 AS DECIMAL(38, 10))
FROM small;
