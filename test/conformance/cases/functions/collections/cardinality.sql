-- CARDINALITY over ordinary values, limits and NULLs.
-- covers: CARDINALITY
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  CARDINALITY(a),
  CARDINALITY(m),
  CARDINALITY(ARRAY[1, 2])
FROM colls;
