-- ARRAY_REMOVE over ordinary values, limits and NULLs.
-- covers: ARRAY_REMOVE
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  ARRAY_REMOVE(a, 1),
  ARRAY_REMOVE(a, n),
  ARRAY_REMOVE(sa, 'x')
FROM colls;
