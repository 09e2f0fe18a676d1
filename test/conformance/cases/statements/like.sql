-- LIKE takes over columns, options and watermark.
-- covers: CREATE TABLE ... LIKE
-- input base:
CREATE TABLE base (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE TABLE t WITH ('json.ignore-parse-errors' = 'true') LIKE base;
DESCRIBE t;
