-- A version that is deleted is none any more.
-- covers: temporal join, FOR SYSTEM_TIME AS OF
-- input orders:
--   {"id": 1, "kind": "book", "qty": 1, "ts": "2024-03-10 10:00:00"}
--   {"id": 2, "kind": "book", "qty": 2, "ts": "2024-03-10 10:00:03"}
--   {"id": 3, "kind": "pen", "qty": 10, "ts": "2024-03-10 10:00:05"}
--   {"id": 4, "kind": "pen", "qty": 1, "ts": "2024-03-10 10:00:09"}
--   {"id": 5, "kind": "book", "qty": null, "ts": "2024-03-10 10:00:12"}
--   {"id": 6, "kind": null, "qty": 3, "ts": "2024-03-10 10:00:11"}
--   {"id": 7, "kind": "pen", "qty": 5, "ts": "2024-03-10 10:00:21"}
--   {"id": 8, "kind": "book", "qty": 2, "ts": "2024-03-10 10:00:33"}
--   {"id": 9, "kind": "ink", "qty": 1, "ts": "2024-03-10 10:01:00"}
--   {"id": 10, "kind": "book", "qty": 4, "ts": "2024-03-10 10:01:05"}
-- input rates:
--   {"before":null,"after":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"op":"c"}
--   {"before":null,"after":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06"},"op":"c"}
--   {"before":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"after":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10"},"op":"u"}
--   {"before":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10"},"after":null,"op":"d"}
--   {"before":null,"after":{"kind":"ink","rate":9,"since":"2024-03-10 10:00:40"},"op":"c"}
CREATE TABLE orders (id INT, kind STRING, qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE rates (kind STRING, rate DECIMAL(5, 2), since TIMESTAMP(3), WATERMARK FOR since AS since, PRIMARY KEY (kind) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT o.id, r.rate FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.kind = r.kind;
