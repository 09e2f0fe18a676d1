-- REGEXP_COUNT over ordinary values, limits and NULLs.
-- covers: REGEXP_COUNT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REGEXP_COUNT(s, 'o'),
  REGEXP_COUNT(s, '[a-z]+'),
  REGEXP_COUNT(s, 'zzz')
FROM strs;
