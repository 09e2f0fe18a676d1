-- Rows in rows, arrays of rows, maps of arrays.
-- covers: ROW, ARRAY, MAP, json
-- input t:
--   {"r": {"a": 1, "b": {"c": "x", "d": [{"e": 9007199254740993}]}}, "m": {"x": [1, 2]}}
--   {"r": null, "m": null}
--   {"r": {"a": null, "b": null}, "m": {}}
CREATE TABLE t (r ROW<a INT, b ROW<c STRING, d ARRAY<ROW<e BIGINT>>>>, m MAP<STRING, ARRAY<INT>>) WITH ('connector' = 'conformance');
SELECT r.a, r.b.c, r.b.d[1].e, m['x'][2], r, m FROM t;
