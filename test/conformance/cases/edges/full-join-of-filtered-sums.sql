-- A FULL JOIN of two sums by one key, one of which may never come.
-- covers: FULL JOIN, GROUP BY
-- input a:
--   {"id": 1, "k": "x", "v": 1, "n": {"a": [1, 2], "m": {"p": {"q": 1}}}}
--   {"id": 2, "k": "y", "v": null, "n": null}
--   {"id": 1, "k": "x", "v": 3, "n": {"a": null, "m": null}}
--   {"id": null, "k": null, "v": 4, "n": {"a": [], "m": {}}}
--   {"id": 3, "k": "x", "v": -4, "n": {"a": [null, 5], "m": {"p": null}}}
CREATE TABLE a (id INT, k STRING, v INT, n ROW<a ARRAY<INT>, m MAP<STRING, ROW<q INT>>>) WITH ('connector' = 'conformance');
SELECT l.k, l.c, r.s FROM (SELECT k, COUNT(*) c FROM a WHERE v > 0 GROUP BY k) l FULL JOIN (SELECT k, SUM(v) s FROM a WHERE v < 0 GROUP BY k) r ON l.k = r.k;
