-- Rows of CSV.
-- covers: csv
-- input t:
--   1,plain,1.50,2024-02-29 12:34:56
--   2,"quoted, ""x""",-2,2024-02-29 12:34:56.5
--   3,,0,2024-01-01 00:00:00
CREATE TABLE t (id INT, s STRING, p DECIMAL(5, 2), ts TIMESTAMP(3)) WITH ('connector' = 'conformance', 'format' = 'csv');
SELECT * FROM t;
