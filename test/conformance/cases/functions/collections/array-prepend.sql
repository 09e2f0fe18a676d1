-- ARRAY_PREPEND over ordinary values, limits and NULLs.
-- covers: ARRAY_PREPEND
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  ARRAY_PREPEND(a, n),
  ARRAY_PREPEND(sa, k)
FROM colls;
