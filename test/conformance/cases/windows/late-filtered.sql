-- A row that WHERE leaves out still moves the watermark.
-- covers: WATERMARK, late rows
-- input orders:
--   {"id": 1, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:01"}
--   {"id": 2, "customer": "a", "kind": "x", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:20"}
--   {"id": 3, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:02"}
--   {"id": 4, "customer": "a", "kind": "k", "price": 1, "qty": 1, "ts": "2024-03-10 10:00:19"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT window_start, COUNT(*) FROM (SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' SECOND))) WHERE kind = 'k' GROUP BY window_start, window_end;
