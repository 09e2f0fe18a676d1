-- LIKE, NOT LIKE over ordinary values, limits and NULLs.
-- covers: LIKE, NOT LIKE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  s LIKE 'Hello%',
  s LIKE '%o%',
  s LIKE '_Xb%',
  s LIKE '房%',
  s LIKE '',
  s LIKE '%',
  s NOT LIKE '%X%',
  s LIKE t,
  s LIKE '%\%'
FROM strs;
