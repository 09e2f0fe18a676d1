-- STARTSWITH over ordinary values, limits and NULLs.
-- covers: STARTSWITH
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  STARTSWITH(s, 'He'),
  STARTSWITH(s, ''),
  STARTSWITH(s, t)
FROM strs;
