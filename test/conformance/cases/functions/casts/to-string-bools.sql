-- CAST of BOOLEAN over ordinary values, limits and NULLs.
-- covers: CAST of BOOLEAN
-- input bools from ../../rows/bools.ndjson
CREATE TABLE bools (id INT, p BOOLEAN, q BOOLEAN) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(p AS STRING),
  CAST(p AS CHAR(2)),
  CAST(p AS VARCHAR(3)),
  CAST(p AS INT),
  CAST(p AS DECIMAL(5, 2)),
  CAST(p AS DOUBLE)
FROM bools;
