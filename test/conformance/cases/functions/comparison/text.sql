-- comparison of texts over ordinary values, limits and NULLs.
-- covers: comparison of texts
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  s = t,
  s < t,
  s >= t,
  s = 'Hello World',
  s > 'a',
  c = v,
  c = 'abc',
  s <> ''
FROM strs;
