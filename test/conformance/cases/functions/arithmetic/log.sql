-- LOG over ordinary values, limits and NULLs.
-- covers: LOG
-- digits: 13
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  LOG(d),
  LOG(2, d),
  LOG(i, 100)
FROM small;
