-- CASE value over ordinary values, limits and NULLs.
-- covers: CASE value
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CASE i WHEN 3 THEN 'three' WHEN -3 THEN 'minus' ELSE 'other' END,
  CASE i WHEN NULL THEN 'null' ELSE 'not' END,
  CASE ti WHEN 1, 2 THEN 'low' WHEN 7 THEN 'seven' END
FROM small;
