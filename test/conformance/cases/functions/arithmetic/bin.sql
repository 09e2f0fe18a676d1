-- BIN over ordinary values, limits and NULLs.
-- covers: BIN
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  BIN(i),
  BIN(b),
  BIN(4),
  BIN(-1)
FROM small;
