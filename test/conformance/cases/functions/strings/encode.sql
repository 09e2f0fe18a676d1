-- ENCODE over ordinary values, limits and NULLs.
-- covers: ENCODE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  ENCODE(s, 'UTF-8'),
  ENCODE(s, 'UTF-16BE'),
  ENCODE(s, 'US-ASCII')
FROM strs;
