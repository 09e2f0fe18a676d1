-- Random numbers are in their range.
-- covers: RAND, RAND_INTEGER
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  RAND() < 1,
  RAND(5) >= 0,
  RAND_INTEGER(10) < 10,
  RAND_INTEGER(1, 1)
FROM small;
