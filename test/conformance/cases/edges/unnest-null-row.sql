-- UNNEST leaves out a ROW that is NULL, and keeps one whose fields are.
-- covers: UNNEST, CROSS JOIN UNNEST
-- input o:
--   {"oid": 1, "cust": "c1", "prod": "p1", "qty": 2, "tags": ["x", "y"], "info": {"city": "Rome", "geo": {"lat": 41.9, "lon": 12.5}}, "items": [{"sku": "s1", "n": 1}, {"sku": "s2", "n": 2}]}
--   {"oid": 2, "cust": "c2", "prod": "p2", "qty": 1, "tags": [], "info": null, "items": []}
--   {"oid": 3, "cust": "c1", "prod": "p2", "qty": 3, "tags": null, "info": {"city": null, "geo": null}, "items": null}
--   {"oid": 4, "cust": null, "prod": "p1", "qty": null, "tags": ["y", null, "y"], "info": {"city": "Oslo", "geo": {"lat": null, "lon": 1.0}}, "items": [{"sku": null, "n": null}, null]}
CREATE TABLE o (oid BIGINT, cust STRING, prod STRING, qty INT, tags ARRAY<STRING>, info ROW<city STRING, geo ROW<lat DOUBLE, lon DOUBLE>>, items ARRAY<ROW<sku STRING, n INT>>) WITH ('connector' = 'conformance');
SELECT oid, sku, n FROM o CROSS JOIN UNNEST(items) AS t (sku, n);
