-- REGEXP_EXTRACT over ordinary values, limits and NULLs.
-- covers: REGEXP_EXTRACT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REGEXP_EXTRACT(s, '([a-z]+)([A-Z])', 2),
  REGEXP_EXTRACT(s, 'o.*'),
  REGEXP_EXTRACT(s, '(H)(e)', 0),
  REGEXP_EXTRACT(s, '(x)', 3)
FROM strs;
