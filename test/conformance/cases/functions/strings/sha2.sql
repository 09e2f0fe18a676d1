-- SHA2 over ordinary values, limits and NULLs.
-- covers: SHA2
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  SHA2(s, 256),
  SHA2(s, 224),
  SHA2(s, 384),
  SHA2(s, 512)
FROM strs;
