-- REGEXP_EXTRACT_ALL over ordinary values, limits and NULLs.
-- covers: REGEXP_EXTRACT_ALL
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REGEXP_EXTRACT_ALL(s, '([a-z])([A-Z])', 2),
  REGEXP_EXTRACT_ALL(s, 'o'),
  REGEXP_EXTRACT_ALL(s, '(o)', 0)
FROM strs;
