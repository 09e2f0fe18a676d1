-- ELEMENT over ordinary values, limits and NULLs.
-- covers: ELEMENT
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  ELEMENT(ARRAY[n]),
  ELEMENT(b)
FROM colls WHERE id IN (2, 3, 4, 5);
