-- ENDSWITH over ordinary values, limits and NULLs.
-- covers: ENDSWITH
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  ENDSWITH(s, 'ld'),
  ENDSWITH(s, ''),
  ENDSWITH(s, t)
FROM strs;
