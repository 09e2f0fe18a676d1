-- IN of texts over ordinary values, limits and NULLs.
-- covers: IN of texts
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  s IN ('', 'Hello World'),
  s NOT IN ('', 'only s'),
  s IN (t, 'only s')
FROM strs;
