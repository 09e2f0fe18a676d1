-- UNHEX over ordinary values, limits and NULLs.
-- covers: UNHEX
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  UNHEX(HEX(s)),
  UNHEX('4D7953514C'),
  UNHEX(s),
  UNHEX('F')
FROM strs;
