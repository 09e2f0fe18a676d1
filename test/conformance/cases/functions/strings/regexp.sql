-- REGEXP over ordinary values, limits and NULLs.
-- covers: REGEXP
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REGEXP(s, '^[A-Za-z ]+$'),
  REGEXP(s, 'X'),
  REGEXP(s, ''),
  REGEXP(s, '[')
FROM strs;
