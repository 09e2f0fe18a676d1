-- CAST from STRING over ordinary values, limits and NULLs.
-- covers: CAST from STRING
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST('123' AS INT),
  CAST(' 123 ' AS INT),
  CAST('-12.7' AS DOUBLE),
  CAST('12.345' AS DECIMAL(5, 2)),
  CAST('1e3' AS DOUBLE),
  CAST('2024-02-29' AS DATE),
  CAST('12:34:56.789' AS TIME),
  CAST('2024-02-29 12:34:56.789' AS TIMESTAMP(3)),
  CAST('2024-02-29' AS TIMESTAMP(3)),
  CAST('abc' AS BYTES),
  CAST('12.9' AS INT),
  CAST('NaN' AS DOUBLE),
  CAST('Infinity' AS DOUBLE)
FROM small;
