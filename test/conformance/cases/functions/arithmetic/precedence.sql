-- operator precedence over ordinary values, limits and NULLs.
-- covers: operator precedence
-- input small from ../../rows/small.ndjson
CREATE TABLE small (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(20, 6)
) WITH ('connector' = 'conformance');
SELECT
  id,
  1 + 2 * i,
  (1 + 2) * i,
  i - 1 - 1,
  -i * 2 + 1,
  10 - i % 4,
  2 * i / 4,
  NOT i > 1 AND i < 5 OR i = -3
FROM small;
