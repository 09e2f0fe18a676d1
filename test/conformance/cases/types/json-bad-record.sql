-- A broken record fails the job.
-- covers: json, bad record
-- expect: error
-- input t:
--   {"i": 1}
--   {"i": 
--   {"i": 3}
CREATE TABLE t (i INT) WITH ('connector' = 'conformance');
SELECT * FROM t;
