-- SUBSTR over ordinary values, limits and NULLs.
-- covers: SUBSTR
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  SUBSTR(s, 2),
  SUBSTR(s, 2, 3),
  SUBSTR(s, -2, 1),
  SUBSTR(s, n)
FROM strs;
