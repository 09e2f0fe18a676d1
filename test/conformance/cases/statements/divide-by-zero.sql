-- An integer division by zero ends the job.
-- covers: division by zero
-- expect: error
-- input t:
--   {"x": 1}
--   {"x": 0}
CREATE TABLE t (x INT) WITH ('connector' = 'conformance');
SELECT 10 / x FROM t;
