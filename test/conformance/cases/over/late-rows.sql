-- A row behind the watermark is left out.
-- covers: OVER, late rows
-- input orders:
--   {"id": 1, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:01"}
--   {"id": 2, "customer": "a", "kind": "k", "price": 1, "qty": 10, "ts": "2024-03-10 10:00:20"}
--   {"id": 3, "customer": "a", "kind": "k", "price": 1, "qty": 100, "ts": "2024-03-10 10:00:02"}
--   {"id": 4, "customer": "a", "kind": "k", "price": 1, "qty": 1000, "ts": "2024-03-10 10:00:19"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, SUM(qty) OVER (ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders;
