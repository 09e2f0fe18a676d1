-- REGEXP_REPLACE over ordinary values, limits and NULLs.
-- covers: REGEXP_REPLACE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REGEXP_REPLACE(s, '[aeiou]', '*'),
  REGEXP_REPLACE(s, '(l+)', '<$1>'),
  REGEXP_REPLACE(s, '\s+', ''),
  REGEXP_REPLACE(s, '[', 'x')
FROM strs;
