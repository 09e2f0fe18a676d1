-- REPEAT over ordinary values, limits and NULLs.
-- covers: REPEAT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REPEAT(t, 3),
  REPEAT(t, n),
  REPEAT('ab', 0),
  REPEAT('ab', -1)
FROM strs WHERE n IS NULL OR n < 50;
