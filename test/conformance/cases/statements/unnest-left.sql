-- LEFT JOIN UNNEST keeps rows with an empty array.
-- covers: UNNEST, LEFT JOIN
-- input t from ../rows/nested.ndjson
CREATE TABLE t (id INT, a ARRAY<INT>) WITH ('connector' = 'conformance');
SELECT id, v FROM t LEFT JOIN UNNEST(a) AS u (v) ON TRUE;
