-- MAP_ENTRIES over ordinary values, limits and NULLs.
-- covers: MAP_ENTRIES
-- unordered: EXPR$1
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  MAP_ENTRIES(m)
FROM colls;
