-- Every type as it is read from JSON and printed.
-- covers: types, json
-- input colls from ../rows/colls.ndjson
CREATE TABLE colls (
  id INT, a ARRAY<INT>, b ARRAY<INT>, sa ARRAY<STRING>, m MAP<STRING, INT>, k STRING, n INT, r ROW<x INT, y STRING, z ROW<w DOUBLE>>
) WITH ('connector' = 'conformance');
SELECT * FROM colls;
