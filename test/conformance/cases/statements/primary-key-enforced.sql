-- A PRIMARY KEY without NOT ENFORCED is refused.
-- covers: PRIMARY KEY
-- expect: error
-- input t:
CREATE TABLE t (id INT, PRIMARY KEY (id)) WITH ('connector' = 'conformance');
SELECT id FROM t;
