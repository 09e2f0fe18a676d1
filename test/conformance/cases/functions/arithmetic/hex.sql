-- HEX over ordinary values, limits and NULLs.
-- covers: HEX
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  HEX(n),
  HEX(s),
  HEX(20),
  HEX(CAST(100 AS BIGINT))
FROM strs;
