-- TRY_CAST over ordinary values, limits and NULLs.
-- covers: TRY_CAST
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  TRY_CAST(s AS INT),
  TRY_CAST(s AS DOUBLE),
  TRY_CAST(s AS DECIMAL(10, 2)),
  TRY_CAST(s AS BOOLEAN),
  TRY_CAST(s AS DATE),
  TRY_CAST(c AS INT),
  TRY_CAST(c AS BIGINT),
  TRY_CAST('12' AS INT),
  TRY_CAST(s AS TIMESTAMP(3)),
  TRY_CAST(s AS TIME)
FROM strs;
