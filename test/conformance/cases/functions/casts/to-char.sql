-- CAST to CHAR and VARCHAR over ordinary values, limits and NULLs.
-- covers: CAST to CHAR and VARCHAR
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(s AS CHAR(3)),
  CAST(s AS VARCHAR(3)),
  CAST(n AS CHAR(4)),
  CAST(n AS VARCHAR(1)),
  CAST(c AS VARCHAR(2))
FROM strs;
