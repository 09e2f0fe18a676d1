-- Elements of lists and maps within rows, filtered and grouped.
-- covers: nested ROW, ARRAY, MAP, GROUP BY
-- input a:
--   {"id": 1, "k": "x", "v": 1, "n": {"a": [1, 2], "m": {"p": {"q": 1}}}}
--   {"id": 2, "k": "y", "v": null, "n": null}
--   {"id": 1, "k": "x", "v": 3, "n": {"a": null, "m": null}}
--   {"id": null, "k": null, "v": 4, "n": {"a": [], "m": {}}}
--   {"id": 3, "k": "x", "v": -4, "n": {"a": [null, 5], "m": {"p": null}}}
CREATE TABLE a (id INT, k STRING, v INT, n ROW<a ARRAY<INT>, m MAP<STRING, ROW<q INT>>>) WITH ('connector' = 'conformance');
SELECT n.m['p'].q AS q, COUNT(*), SUM(n.a[2]), MAX(CARDINALITY(n.a)) FROM a GROUP BY n.m['p'].q;
