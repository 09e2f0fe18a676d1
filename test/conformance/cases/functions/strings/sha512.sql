-- SHA512 over ordinary values, limits and NULLs.
-- covers: SHA512
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  SHA512(s)
FROM strs;
