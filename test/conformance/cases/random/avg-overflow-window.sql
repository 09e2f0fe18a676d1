-- Averages of INTs whose sum is no INT, in windows.
-- covers: AVG, TUMBLE
-- input t:
--   {"k": "a", "x": 2147483647, "ts": "2024-01-01 00:00:01"}
--   {"k": "a", "x": 2147483646, "ts": "2024-01-01 00:00:02"}
CREATE TABLE t (k STRING, x INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT k, AVG(x) AS a, AVG(DISTINCT x) AS d, SUM(x) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end;
