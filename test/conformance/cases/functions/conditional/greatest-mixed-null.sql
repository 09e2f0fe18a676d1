-- NULL among decimals of different types fails in Flink 2.2.
-- covers: GREATEST
-- expect: error
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  GREATEST(p, q, 3)
FROM small;
