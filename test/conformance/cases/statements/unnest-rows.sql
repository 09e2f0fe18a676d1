-- UNNEST of an array of rows.
-- covers: UNNEST
-- input t from ../rows/nested.ndjson
CREATE TABLE t (id INT, r ARRAY<ROW<x INT, y STRING>>) WITH ('connector' = 'conformance');
SELECT id, x, y FROM t, UNNEST(r) AS u (x, y);
