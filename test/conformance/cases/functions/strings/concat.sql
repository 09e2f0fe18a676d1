-- CONCAT over ordinary values, limits and NULLs.
-- covers: CONCAT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  CONCAT(s, t),
  CONCAT(s, '-', t, '-', v),
  CONCAT('a'),
  CONCAT(s, CAST(NULL AS STRING))
FROM strs;
