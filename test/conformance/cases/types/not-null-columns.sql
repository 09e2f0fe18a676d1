-- NOT NULL columns.
-- covers: NOT NULL
-- input t:
--   {"i": 1, "s": "a"}
CREATE TABLE t (i INT NOT NULL, s STRING NOT NULL) WITH ('connector' = 'conformance');
SELECT i, s, i + 1, s || 'x', COUNT(*) FROM t GROUP BY i, s;
