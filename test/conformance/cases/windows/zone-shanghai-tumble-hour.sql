-- TUMBLE over TIMESTAMP_LTZ in Asia/Shanghai, around a day when the clocks change.
-- covers: TUMBLE, TIMESTAMP_LTZ, daylight saving, table.local-time-zone
-- input t:
--   {"id": 1, "z": "2024-03-10 15:59:59Z"}
--   {"id": 2, "z": "2024-03-10 16:00:00Z"}
--   {"id": 3, "z": "2024-03-11 15:00:00Z"}
SET 'table.local-time-zone' = 'Asia/Shanghai';
CREATE TABLE t (id INT, z TIMESTAMP_LTZ(3), WATERMARK FOR z AS z - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SELECT window_start, window_end, window_time, COUNT(*), SUM(id) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(z), INTERVAL '1' HOUR)) GROUP BY window_start, window_end, window_time;
