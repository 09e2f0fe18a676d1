-- The version of a row that was valid at the time of the other.
-- covers: temporal join, FOR SYSTEM_TIME AS OF
-- input orders:
--   {"id": 1, "customer": "ann", "kind": "book", "price": 10.5, "qty": 1, "ts": "2024-03-10 10:00:00"}
--   {"id": 2, "customer": "bob", "kind": "book", "price": 3.25, "qty": 2, "ts": "2024-03-10 10:00:03"}
--   {"id": 3, "customer": "ann", "kind": "pen", "price": 1.0, "qty": 10, "ts": "2024-03-10 10:00:05"}
--   {"id": 4, "customer": null, "kind": "pen", "price": null, "qty": 1, "ts": "2024-03-10 10:00:09"}
--   {"id": 5, "customer": "cid", "kind": "book", "price": 99.99, "qty": null, "ts": "2024-03-10 10:00:12"}
--   {"id": 6, "customer": "ann", "kind": null, "price": 7.0, "qty": 3, "ts": "2024-03-10 10:00:11"}
--   {"id": 7, "customer": "bob", "kind": "pen", "price": 1.0, "qty": 5, "ts": "2024-03-10 10:00:21"}
--   {"id": 8, "customer": "bob", "kind": "book", "price": 3.25, "qty": 2, "ts": "2024-03-10 10:00:33"}
--   {"id": 9, "customer": "ann", "kind": "book", "price": 10.5, "qty": 1, "ts": "2024-03-10 10:01:00"}
-- input rates:
--   {"before":null,"after":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"op":"c"}
--   {"before":null,"after":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06"},"op":"c"}
--   {"before":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"after":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10"},"op":"u"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE rates (kind STRING, rate DECIMAL(5, 2), since TIMESTAMP(3), WATERMARK FOR since AS since, PRIMARY KEY (kind) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT o.id, o.kind, r.rate FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.kind = r.kind;
