-- NULLIF over ordinary values, limits and NULLs.
-- covers: NULLIF
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  NULLIF(i, 3),
  NULLIF(p, 2.5),
  NULLIF(i, NULL),
  NULLIF(b, i)
FROM small;
