-- REGEXP_SUBSTR over ordinary values, limits and NULLs.
-- covers: REGEXP_SUBSTR
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REGEXP_SUBSTR(s, 'o.'),
  REGEXP_SUBSTR(s, '[0-9]+')
FROM strs;
