-- A late row is left out of sessions that are over, but may be in one that is open.
-- covers: SESSION, late rows
-- input orders:
--   {"id": 1, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:01"}
--   {"id": 2, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:20"}
--   {"id": 3, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:02"}
--   {"id": 4, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:17.5"}
--   {"id": 5, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:15"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT window_start, window_end, COUNT(*), SUM(id) FROM TABLE(SESSION(TABLE orders, DESCRIPTOR(ts), INTERVAL '3' SECOND)) GROUP BY window_start, window_end;
