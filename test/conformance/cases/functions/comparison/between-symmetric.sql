-- BETWEEN SYMMETRIC over ordinary values, limits and NULLs.
-- covers: BETWEEN SYMMETRIC
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  i BETWEEN SYMMETRIC 5 AND -5,
  i NOT BETWEEN SYMMETRIC 5 AND -5
FROM small;
