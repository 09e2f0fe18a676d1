-- element access over ordinary values, limits and NULLs.
-- covers: element access
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  a[1],
  a[2],
  sa[3],
  a[10],
  m['a'],
  m[k],
  r.x,
  r.y,
  r.z.w
FROM colls;
