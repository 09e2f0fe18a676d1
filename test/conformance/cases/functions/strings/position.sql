-- POSITION over ordinary values, limits and NULLs.
-- covers: POSITION
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  POSITION(t IN s),
  POSITION('o' IN s),
  POSITION('' IN s)
FROM strs;
