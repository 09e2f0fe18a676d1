-- UNNEST ... WITH ORDINALITY.
-- covers: UNNEST, WITH ORDINALITY
-- input t from ../rows/nested.ndjson
CREATE TABLE t (id INT, a ARRAY<INT>) WITH ('connector' = 'conformance');
SELECT id, v, n FROM t CROSS JOIN UNNEST(a) WITH ORDINALITY AS u (v, n);
