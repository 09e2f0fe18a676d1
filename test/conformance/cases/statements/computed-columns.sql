-- Columns computed from others.
-- covers: computed columns
-- input t:
--   {"id": 1, "p": 2.5, "q": 3}
--   {"id": 2, "p": null, "q": 1}
--   {"id": 3, "p": -1, "q": 0}
CREATE TABLE t (id INT, p DECIMAL(5, 2), q INT, total AS p * q, label AS CONCAT('#', CAST(id AS STRING))) WITH ('connector' = 'conformance');
SELECT * FROM t;
