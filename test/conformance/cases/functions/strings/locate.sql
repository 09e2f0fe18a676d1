-- LOCATE over ordinary values, limits and NULLs.
-- covers: LOCATE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  LOCATE(t, s),
  LOCATE('o', s, 6),
  LOCATE('o', s, n),
  LOCATE('', s)
FROM strs;
