-- DECODE over ordinary values, limits and NULLs.
-- covers: DECODE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  DECODE(ENCODE(s, 'UTF-8'), 'UTF-8'),
  DECODE(x'E68891', 'UTF-8')
FROM strs;
