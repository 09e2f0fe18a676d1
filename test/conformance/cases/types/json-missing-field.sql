-- A field that is not there is NULL.
-- covers: json
-- input t:
--   {"i": 1}
--   {"s": "x", "more": 1}
--   {}
CREATE TABLE t (i INT, s STRING) WITH ('connector' = 'conformance');
SELECT * FROM t;
