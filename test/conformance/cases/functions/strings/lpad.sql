-- LPAD over ordinary values, limits and NULLs.
-- covers: LPAD
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  LPAD(s, 5, '*'),
  LPAD(s, 14, 'ab'),
  LPAD(t, n, '.'),
  LPAD(s, -1, '*'),
  LPAD(s, 3, '')
FROM strs;
