-- Counts of a join with counts that change.
-- covers: JOIN, GROUP BY, retraction
-- input a:
--   {"id": 1, "k": "x", "v": 1, "n": {"a": [1, 2], "m": {"p": {"q": 1}}}}
--   {"id": 2, "k": "y", "v": null, "n": null}
--   {"id": 1, "k": "x", "v": 3, "n": {"a": null, "m": null}}
--   {"id": null, "k": null, "v": 4, "n": {"a": [], "m": {}}}
--   {"id": 3, "k": "x", "v": -4, "n": {"a": [null, 5], "m": {"p": null}}}
CREATE TABLE a (id INT, k STRING, v INT, n ROW<a ARRAY<INT>, m MAP<STRING, ROW<q INT>>>) WITH ('connector' = 'conformance');
SELECT t.c, COUNT(*) FROM (SELECT k, COUNT(*) c FROM a GROUP BY k) t JOIN a ON a.k = t.k GROUP BY t.c;
