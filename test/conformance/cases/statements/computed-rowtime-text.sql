-- A rowtime parsed from a text.
-- covers: computed columns, WATERMARK, TO_TIMESTAMP
-- input t:
--   {"id":1,"at":"2024-03-10 10:05"}
--   {"id":2,"at":"2024-03-10 10:55"}
--   {"id":3,"at":"2024-03-10 11:00"}
CREATE TABLE t (id INT, `at` STRING, rt AS TO_TIMESTAMP(`at`, 'yyyy-MM-dd HH:mm'), WATERMARK FOR rt AS rt) WITH ('connector' = 'conformance');
SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(rt), INTERVAL '1' HOUR)) GROUP BY window_start, window_end;
