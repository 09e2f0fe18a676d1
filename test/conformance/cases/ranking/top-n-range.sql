-- Ranks from 2 to 3.
-- covers: top-N
-- key: kind, rn
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
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT rn, kind, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY id) AS rn FROM orders) WHERE rn BETWEEN 2 AND 3;
