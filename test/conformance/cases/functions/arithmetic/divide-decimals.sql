-- / of DECIMAL over ordinary values, limits and NULLs.
-- covers: / of DECIMAL
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  p / 3,
  p / q,
  p / p,
  q / 7,
  1.0 / p,
  p / CAST(3 AS DECIMAL(38, 0)),
  CAST(1 AS DECIMAL(38, 0)) / 3
FROM small;
