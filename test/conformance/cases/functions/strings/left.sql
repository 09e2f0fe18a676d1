-- LEFT over ordinary values, limits and NULLs.
-- covers: LEFT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  LEFT(s, 2),
  LEFT(s, 0),
  LEFT(s, n),
  LEFT(s, -1)
FROM strs;
