-- LTRIM over ordinary values, limits and NULLs.
-- covers: LTRIM
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  LTRIM(s),
  LTRIM(s, 'aH'),
  LTRIM(c)
FROM strs;
