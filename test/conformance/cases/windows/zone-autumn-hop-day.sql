-- HOP over TIMESTAMP_LTZ in America/Los_Angeles, around a day when the clocks change.
-- covers: HOP, TIMESTAMP_LTZ, daylight saving, table.local-time-zone
-- input t:
--   {"id": 1, "z": "2024-11-03 06:30:00Z"}
--   {"id": 2, "z": "2024-11-03 08:30:00Z"}
--   {"id": 3, "z": "2024-11-03 09:30:00Z"}
--   {"id": 4, "z": "2024-11-03 10:30:00Z"}
--   {"id": 5, "z": "2024-11-04 07:30:00Z"}
--   {"id": 6, "z": "2024-11-04 08:30:00Z"}
SET 'table.local-time-zone' = 'America/Los_Angeles';
CREATE TABLE t (id INT, z TIMESTAMP_LTZ(3), WATERMARK FOR z AS z - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SELECT window_start, window_end, window_time, COUNT(*), SUM(id) FROM TABLE(HOP(TABLE t, DESCRIPTOR(z), INTERVAL '12' HOUR, INTERVAL '1' DAY)) GROUP BY window_start, window_end, window_time;
