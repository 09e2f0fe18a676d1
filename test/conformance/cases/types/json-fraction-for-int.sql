-- A fraction for an INT is cut.
-- covers: json, bad record
-- input t:
--   {"i": 1.5}
--   {"i": -2.9}
CREATE TABLE t (i INT) WITH ('connector' = 'conformance');
SELECT * FROM t;
