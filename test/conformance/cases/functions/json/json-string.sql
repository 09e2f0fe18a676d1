-- JSON_STRING over ordinary values, limits and NULLs.
-- covers: JSON_STRING
-- input colls from ../../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_STRING(n),
  JSON_STRING(k),
  JSON_STRING(a),
  JSON_STRING(m),
  JSON_STRING(r),
  JSON_STRING(1.50),
  JSON_STRING(TIMESTAMP '2024-02-29 12:34:56')
FROM colls;
