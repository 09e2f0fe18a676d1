-- A rowtime of more than milliseconds is refused or cut as Flink does.
-- covers: WATERMARK, TIMESTAMP(6)
-- expect: error
-- input t:
CREATE TABLE t (id INT, ts TIMESTAMP(6), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT id FROM t;
