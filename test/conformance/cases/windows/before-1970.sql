-- Windows of times before 1970 begin at their floor.
-- covers: TUMBLE
-- input orders:
--   {"id": 1, "ts": "1969-12-31 23:59:55"}
--   {"id": 2, "ts": "1969-12-31 23:59:45"}
--   {"id": 3, "ts": "1970-01-01 00:00:03"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT window_start, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
