-- A value that does not fit its DECIMAL is NULL.
-- covers: CAST to DECIMAL, COALESCE, CASE
-- input t:
--   {"id": 1, "p": 1.5, "x": true}
--   {"id": 2, "p": 99999.99, "x": false}
CREATE TABLE t (id INT, p DECIMAL(10, 2), x BOOLEAN) WITH ('connector' = 'conformance');
SELECT id, COALESCE(CAST(p AS DECIMAL(4, 1)), 7.0), CAST(p AS DECIMAL(4, 1)) IS NULL, CAST(p AS DECIMAL(4, 1)) + 1, COALESCE(CASE WHEN x THEN CAST(id * 100000.99 AS DECIMAL(5, 0)) ELSE p END, 3) > 2 FROM t;
