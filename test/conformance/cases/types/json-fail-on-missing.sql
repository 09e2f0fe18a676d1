-- ... or fails the job, when asked for.
-- covers: json.fail-on-missing-field
-- expect: error
-- input t:
--   {"i": 1}
CREATE TABLE t (i INT, s STRING) WITH ('connector' = 'conformance', 'json.fail-on-missing-field' = 'true');
SELECT * FROM t;
