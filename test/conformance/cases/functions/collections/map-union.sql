-- MAP_UNION over ordinary values, limits and NULLs.
-- covers: MAP_UNION
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  MAP_UNION(m, MAP['a', 9, 'new', n])
FROM colls;
