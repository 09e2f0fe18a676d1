-- UNNEST of a map gives keys and values.
-- covers: UNNEST
-- input t from ../rows/nested.ndjson
CREATE TABLE t (id INT, m MAP<STRING, INT>) WITH ('connector' = 'conformance');
SELECT id, k, v FROM t CROSS JOIN UNNEST(m) AS u (k, v);
