-- || over ordinary values, limits and NULLs.
-- covers: ||
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  s || t,
  s || '!',
  '<' || c || '>',
  s || CAST(NULL AS STRING)
FROM strs;
