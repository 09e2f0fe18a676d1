-- CONCAT_WS over ordinary values, limits and NULLs.
-- covers: CONCAT_WS
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  CONCAT_WS('~', s, t),
  CONCAT_WS('~', s, CAST(NULL AS STRING), v),
  CONCAT_WS(t, 'a', 'b'),
  CONCAT_WS(CAST(NULL AS STRING), 'a')
FROM strs;
