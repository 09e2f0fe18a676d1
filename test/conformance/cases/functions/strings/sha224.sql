-- SHA224 over ordinary values, limits and NULLs.
-- covers: SHA224
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  SHA224(s)
FROM strs;
