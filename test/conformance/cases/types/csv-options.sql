-- CSV with another delimiter, a literal for NULL and comments.
-- covers: csv options
-- input t:
--   1;a
--   #comment
--   2;n/a
--   x;b
CREATE TABLE t (id INT, s STRING) WITH ('connector' = 'conformance', 'format' = 'csv', 'csv.field-delimiter' = ';', 'csv.null-literal' = 'n/a', 'csv.allow-comments' = 'true', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM t;
