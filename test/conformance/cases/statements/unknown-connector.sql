-- A connector that is not there is refused.
-- covers: WITH
-- expect: error
CREATE TABLE t (id INT) WITH ('connector' = 'no-such');
SELECT id FROM t;
