-- ... or is left out, when asked for; a bad field is NULL.
-- covers: json.ignore-parse-errors, bad record
-- input t:
--   {"i": 1, "s": "a"}
--   {"i": 
--   {"i": "x", "s": "b"}
--   [1]
--   {"i": 5, "ts": "never"}
--   {}
CREATE TABLE t (i INT, s STRING, ts TIMESTAMP(3)) WITH ('connector' = 'conformance', 'json.ignore-parse-errors' = 'true');
SELECT * FROM t;
