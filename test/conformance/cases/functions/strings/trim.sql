-- TRIM over ordinary values, limits and NULLs.
-- covers: TRIM
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  TRIM(s),
  TRIM(BOTH ' ' FROM s),
  TRIM(LEADING 'a' FROM s),
  TRIM(TRAILING 'd' FROM s),
  TRIM(BOTH t FROM s)
FROM strs;
