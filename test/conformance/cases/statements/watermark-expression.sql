-- A watermark by any expression.
-- covers: WATERMARK
-- input t:
--   {"id": 1, "ts": "2024-03-10 10:00:01", "slack": 0}
--   {"id": 2, "ts": "2024-03-10 10:00:20", "slack": 20}
--   {"id": 4, "ts": "2024-03-10 10:00:02", "slack": 0}
--   {"id": 8, "ts": "2024-03-10 10:00:08", "slack": 0}
--   {"id": 16, "ts": "2024-03-10 10:00:03", "slack": 0}
CREATE TABLE t (id INT, ts TIMESTAMP(3), slack INT, WATERMARK FOR ts AS ts - slack * INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SELECT window_start, COUNT(*), SUM(id) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
