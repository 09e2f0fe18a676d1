-- The last by time, not by arrival.
-- covers: deduplication
-- key: customer
-- input orders:
--   {"id": 1, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:05"}
--   {"id": 2, "customer": "a", "kind": "k", "price": 2, "qty": 1, "ts": "2024-03-10 10:00:04"}
--   {"id": 3, "customer": "a", "kind": "k", "price": 3, "qty": 1, "ts": "2024-03-10 10:00:05"}
--   {"id": 4, "customer": "b", "kind": "k", "price": 4, "qty": 1, "ts": "2024-03-10 10:00:01"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, customer, price FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY ts DESC) AS rn FROM orders) WHERE rn = 1;
