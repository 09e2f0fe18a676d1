-- CAST to STRING over ordinary values, limits and NULLs.
-- covers: CAST to STRING
-- unordered: EXPR$3
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(a AS STRING),
  CAST(sa AS STRING),
  CAST(m AS STRING),
  CAST(r AS STRING)
FROM colls;
