-- CASE over ordinary values, limits and NULLs.
-- covers: CASE
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CASE WHEN i > 3 THEN 'big' WHEN i > 0 THEN 'small' ELSE 'other' END,
  CASE WHEN i > 3 THEN 1 END,
  CASE WHEN i IS NULL THEN 0 ELSE p END,
  CASE WHEN i > 0 THEN i ELSE d END,
  CASE WHEN i > 0 THEN 'a' ELSE 'longer' END || '!'
FROM small;
