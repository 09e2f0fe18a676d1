-- CAST of BYTES, BINARY, VARBINARY over ordinary values, limits and NULLs.
-- covers: CAST of BYTES, BINARY, VARBINARY
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(s AS BYTES),
  CAST(CAST(s AS BYTES) AS STRING),
  x'00FF',
  CAST(s AS BINARY(3)),
  CAST(s AS VARBINARY(2))
FROM strs;
