-- CAST of ARRAY, MAP, ROW over ordinary values, limits and NULLs.
-- covers: CAST of ARRAY, MAP, ROW
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(a AS ARRAY<BIGINT>),
  CAST(a AS ARRAY<STRING>),
  CAST(m AS MAP<STRING, BIGINT>),
  CAST(r AS ROW<x STRING, y STRING, z ROW<w STRING>>)
FROM colls;
