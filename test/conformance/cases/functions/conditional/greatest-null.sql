-- GREATEST and LEAST are NULL when an argument is.
-- covers: GREATEST, LEAST
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  GREATEST(i, id),
  LEAST(i, id),
  GREATEST(p, p)
FROM small;
