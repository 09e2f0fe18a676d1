-- A running average of INTs whose sum is no INT.
-- covers: AVG, OVER
-- input t:
--   {"k": "a", "x": 2147483647, "ts": "2024-01-01 00:00:01"}
--   {"k": "a", "x": 2147483646, "ts": "2024-01-01 00:00:02"}
CREATE TABLE t (k STRING, x INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT k, AVG(x) OVER (PARTITION BY k ORDER BY ts) AS a, SUM(x) OVER (PARTITION BY k ORDER BY ts) AS s FROM t;
