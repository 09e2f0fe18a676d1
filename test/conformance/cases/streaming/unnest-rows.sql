-- Rows within arrays, and maps, as rows.
-- covers: UNNEST of ROWs, UNNEST of MAP
-- input orders:
--   {"id": 1, "items": [{"sku": "a", "n": 1}, {"sku": "b", "n": null}], "attrs": {"x": 1, "y": 2}}
--   {"id": 2, "items": [], "attrs": {"x": 3}}
--   {"id": 3, "items": [{"sku": "c", "n": 4}], "attrs": null}

CREATE TABLE orders (id INT, items ARRAY<ROW<sku STRING, n INT>>, attrs MAP<STRING, INT>) WITH ('connector' = 'conformance');
SELECT o.id, i.sku, i.n * 2 AS n2, a.k, a.v FROM orders AS o CROSS JOIN UNNEST(o.items) AS i (sku, n) LEFT JOIN UNNEST(o.attrs) AS a (k, v) ON TRUE;
