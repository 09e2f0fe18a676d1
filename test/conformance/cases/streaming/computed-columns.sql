-- Computed columns and a watermark on one of them.
-- covers: computed column, TO_TIMESTAMP, WATERMARK
-- input events:
--   {"id": 1, "at_": "2024/05/01 10:00:01", "price": 1.5, "qty": 2}
--   {"id": 2, "at_": "2024/05/01 10:00:04", "price": 0.1, "qty": 3}
--   {"id": 3, "at_": "2024/05/01 10:00:09", "price": null, "qty": 1}

CREATE TABLE events (id INT, at_ STRING, price DOUBLE, qty INT, total AS price * qty, ts AS TO_TIMESTAMP(at_, 'yyyy/MM/dd HH:mm:ss'), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SELECT window_end, SUM(total), MIN(at_) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
