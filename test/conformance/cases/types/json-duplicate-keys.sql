-- Of a field that comes twice the last counts.
-- covers: json
-- input t:
--   {"i": 1, "i": 2}
CREATE TABLE t (i INT) WITH ('connector' = 'conformance');
SELECT * FROM t;
