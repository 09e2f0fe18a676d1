-- IS DISTINCT FROM, IS NOT DISTINCT FROM over ordinary values, limits and NULLs.
-- covers: IS DISTINCT FROM, IS NOT DISTINCT FROM
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  s IS DISTINCT FROM t,
  s IS NOT DISTINCT FROM t,
  s IS DISTINCT FROM NULL,
  n IS NOT DISTINCT FROM 3,
  n IS DISTINCT FROM NULL
FROM strs;
