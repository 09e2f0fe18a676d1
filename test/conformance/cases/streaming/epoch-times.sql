-- Times from epoch milliseconds.
-- covers: TO_TIMESTAMP_LTZ, computed column, TUMBLE
-- input events:
--   {"id": 1, "ms": 1714557600000}
--   {"id": 2, "ms": 1714579199999}
--   {"id": 3, "ms": 1714579200000}
--   {"id": 4, "ms": 1714700000123}

SET 'table.local-time-zone' = 'Asia/Shanghai';
CREATE TABLE events (id INT, ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT window_start, window_end, COUNT(*), MAX(ts) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end;
