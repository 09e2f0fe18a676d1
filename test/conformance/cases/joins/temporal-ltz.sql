-- Times with a local time zone.
-- covers: temporal join, FOR SYSTEM_TIME AS OF
-- input orders:
--   {"id": 1, "kind": "book", "qty": 1, "ts": "2024-03-10 10:00:00Z"}
--   {"id": 2, "kind": "book", "qty": 2, "ts": "2024-03-10 10:00:03Z"}
--   {"id": 3, "kind": "pen", "qty": 10, "ts": "2024-03-10 10:00:05Z"}
--   {"id": 4, "kind": "pen", "qty": 1, "ts": "2024-03-10 10:00:09Z"}
--   {"id": 5, "kind": "book", "qty": null, "ts": "2024-03-10 10:00:12Z"}
--   {"id": 6, "kind": null, "qty": 3, "ts": "2024-03-10 10:00:11Z"}
--   {"id": 7, "kind": "pen", "qty": 5, "ts": "2024-03-10 10:00:21Z"}
--   {"id": 8, "kind": "book", "qty": 2, "ts": "2024-03-10 10:00:33Z"}
--   {"id": 9, "kind": "ink", "qty": 1, "ts": "2024-03-10 10:01:00Z"}
--   {"id": 10, "kind": "book", "qty": 4, "ts": "2024-03-10 10:01:05Z"}
-- input rates:
--   {"before":null,"after":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00Z"},"op":"c"}
--   {"before":null,"after":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06Z"},"op":"c"}
--   {"before":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00Z"},"after":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10Z"},"op":"u"}
--   {"before":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06Z"},"after":{"kind":"pen","rate":null,"since":"2024-03-10 10:00:20Z"},"op":"u"}
--   {"before":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10Z"},"after":{"kind":"book","rate":2.5,"since":"2024-03-10 10:00:30Z"},"op":"u"}
--   {"before":null,"after":{"kind":"ink","rate":9,"since":"2024-03-10 10:00:40Z"},"op":"c"}
CREATE TABLE orders (id INT, kind STRING, qty INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE rates (kind STRING, rate DECIMAL(5, 2), since TIMESTAMP_LTZ(3), WATERMARK FOR since AS since, PRIMARY KEY (kind) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT o.id, r.rate, r.since FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.kind = r.kind;
