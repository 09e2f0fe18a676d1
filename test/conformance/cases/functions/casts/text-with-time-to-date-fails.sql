-- A timestamp without seconds is none.
-- covers: CAST
-- expect: error
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST('2024-02-29T12:34' AS TIMESTAMP(3))
FROM small;
