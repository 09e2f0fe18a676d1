-- SUBSTRING over ordinary values, limits and NULLs.
-- covers: SUBSTRING
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  SUBSTRING(s FROM 2),
  SUBSTRING(s FROM 2 FOR 3),
  SUBSTRING(s, 1, 2),
  SUBSTRING(s FROM -3),
  SUBSTRING(s FROM n),
  SUBSTRING(s FROM 0 FOR 2),
  SUBSTRING(s FROM 100)
FROM strs;
