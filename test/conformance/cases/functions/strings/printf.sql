-- PRINTF over ordinary values, limits and NULLs.
-- covers: PRINTF
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  PRINTF('%s-%d', s, n),
  PRINTF('%05d|%x', n, n)
FROM strs;
