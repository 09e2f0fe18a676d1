-- ARRAY_CONTAINS over ordinary values, limits and NULLs.
-- covers: ARRAY_CONTAINS
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  ARRAY_CONTAINS(a, 1),
  ARRAY_CONTAINS(a, n),
  ARRAY_CONTAINS(sa, 'x'),
  ARRAY_CONTAINS(a, NULL)
FROM colls;
