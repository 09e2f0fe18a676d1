-- RPAD over ordinary values, limits and NULLs.
-- covers: RPAD
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  RPAD(s, 5, '*'),
  RPAD(s, 14, 'ab'),
  RPAD(t, n, '.'),
  RPAD(s, -1, '*'),
  RPAD(s, 3, '')
FROM strs;
