-- A watermark on a column that is no timestamp is refused.
-- covers: WATERMARK
-- expect: error
-- input t:
CREATE TABLE t (id INT, ts STRING, WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT id FROM t;
