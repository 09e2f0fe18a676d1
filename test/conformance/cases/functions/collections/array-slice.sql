-- ARRAY_SLICE over ordinary values, limits and NULLs.
-- covers: ARRAY_SLICE
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  ARRAY_SLICE(a, 2),
  ARRAY_SLICE(a, 1, 2),
  ARRAY_SLICE(a, -2, -1),
  ARRAY_SLICE(a, 0, 1)
FROM colls;
