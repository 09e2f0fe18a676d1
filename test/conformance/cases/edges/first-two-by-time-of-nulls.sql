-- Top-N where NULLs come first, and where they come last.
-- covers: ROW_NUMBER, NULLS FIRST, NULLS LAST
-- input a:
--   {"id": 1, "k": "x", "v": 1, "n": {"a": [1, 2], "m": {"p": {"q": 1}}}}
--   {"id": 2, "k": "y", "v": null, "n": null}
--   {"id": 1, "k": "x", "v": 3, "n": {"a": null, "m": null}}
--   {"id": null, "k": null, "v": 4, "n": {"a": [], "m": {}}}
--   {"id": 3, "k": "x", "v": -4, "n": {"a": [null, 5], "m": {"p": null}}}
CREATE TABLE a (id INT, k STRING, v INT, n ROW<a ARRAY<INT>, m MAP<STRING, ROW<q INT>>>) WITH ('connector' = 'conformance');
SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v NULLS FIRST, id) r FROM a) WHERE r <= 2
UNION ALL SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST) r FROM a) WHERE r = 1;
