-- Late rows in sliding windows are in those that are still open.
-- covers: HOP, late rows
-- input orders:
--   {"id": 1, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:01"}
--   {"id": 2, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:09"}
--   {"id": 3, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:03"}
--   {"id": 4, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:30"}
--   {"id": 5, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:29"}
--   {"id": 6, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:05"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT window_start, COUNT(*), SUM(id) FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
