-- TRANSLATE over ordinary values, limits and NULLs.
-- covers: TRANSLATE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  TRANSLATE(s, 'lo', 'xy'),
  TRANSLATE(s, 'aeiou', ''),
  TRANSLATE(s, CAST(NULL AS STRING), 'x')
FROM strs;
