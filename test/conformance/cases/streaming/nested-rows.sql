-- Fields of rows, arrays and maps.
-- covers: ROW, MAP, ARRAY access, CARDINALITY
-- input devices:
--   {"id": 1, "loc": {"city": "Beijing", "pos": {"lat": 39.9, "lon": 116.4}}, "attr": {"os": "linux", "v": "6"}, "vals": [1, 3, 2]}
--   {"id": 2, "loc": {"city": "Quito", "pos": {"lat": -0.2, "lon": -78.5}}, "attr": {}, "vals": []}
--   {"id": 3, "loc": {"city": null}, "attr": null, "vals": null}
--   {"id": 4, "loc": null, "attr": {"os": null}, "vals": [null, 7]}

CREATE TABLE devices (id INT, loc ROW<city STRING, pos ROW<lat DOUBLE, lon DOUBLE>>, attr MAP<STRING, STRING>, vals ARRAY<INT>) WITH ('connector' = 'conformance');
SELECT id, loc.city, d.loc.pos.lat AS lat, attr['os'] AS os, vals[1] AS v1, CARDINALITY(vals) AS n, ARRAY_CONTAINS(vals, 3) AS has3, ARRAY_MAX(vals) AS mx, ARRAY_JOIN(ARRAY['x', loc.city], '-') AS j, ELEMENT(ARRAY[id]) AS e FROM devices AS d WHERE loc.pos.lat IS NULL OR loc.pos.lat > 10;
