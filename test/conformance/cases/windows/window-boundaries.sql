-- A row at a boundary is in the window that begins there.
-- covers: TUMBLE
-- input orders:
--   {"id": 1, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:00"}
--   {"id": 2, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:09.999"}
--   {"id": 3, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:10"}
--   {"id": 4, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:19.999"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT window_start, COUNT(*), SUM(id) FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
