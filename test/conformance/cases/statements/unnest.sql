-- UNNEST of an array, with its rows joined.
-- covers: UNNEST
-- input t from ../rows/nested.ndjson
CREATE TABLE t (id INT, a ARRAY<INT>, r ARRAY<ROW<x INT, y STRING>>, m MAP<STRING, INT>) WITH ('connector' = 'conformance');
SELECT id, v FROM t CROSS JOIN UNNEST(a) AS u (v);
