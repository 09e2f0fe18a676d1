-- ARRAY, MAP, ROW constructors over ordinary values, limits and NULLs.
-- covers: ARRAY, MAP, ROW constructors
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  ARRAY[1, n, CAST(NULL AS INT)],
  ARRAY[k, k],
  MAP['a', n, 'b', 2],
  ROW(n, k, CAST(NULL AS STRING)),
  ARRAY[ROW(1, k)],
  ARRAY[ARRAY[n]],
  ROW(ROW(n))
FROM colls;
