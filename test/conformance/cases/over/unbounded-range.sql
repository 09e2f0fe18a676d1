-- RANGE is the default: rows of one instant see each other.
-- covers: OVER, RANGE
-- input orders:
--   {"id": 1, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:00"}
--   {"id": 2, "customer": "a", "kind": "k", "price": 1, "qty": 2, "ts": "2024-03-10 10:00:00"}
--   {"id": 3, "customer": "a", "kind": "k", "price": 1, "qty": 3, "ts": "2024-03-10 10:00:05"}
--   {"id": 4, "customer": "b", "kind": "k", "price": 1, "qty": 4, "ts": "2024-03-10 10:00:05"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, COUNT(*) OVER (PARTITION BY customer ORDER BY ts), SUM(qty) OVER (PARTITION BY customer ORDER BY ts) FROM orders;
