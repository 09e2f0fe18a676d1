-- / of integers over ordinary values, limits and NULLs.
-- covers: / of integers
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  i / 2,
  b / 3,
  ti / ti,
  i / ti,
  si / -7,
  7 / i,
  i / 2 * 2
FROM small;
