-- ATAN2 over ordinary values, limits and NULLs.
-- covers: ATAN2
-- digits: 12
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  ATAN2(i, d),
  ATAN2(b, 2),
  ATAN2(0, -1)
FROM small;
