-- A zone by its distance from GMT.
-- covers: table.local-time-zone
-- input z:
--   {"id": 1, "e": "2024-03-30 22:30:00Z"}
--   {"id": 2, "e": "2024-03-31 00:30:00Z"}
--   {"id": 3, "e": "2024-03-31 01:30:00Z"}
--   {"id": 4, "e": "2024-03-31 22:30:00Z"}
--   {"id": 5, "e": "2024-10-27 00:30:00Z"}
--   {"id": 6, "e": "2024-10-27 01:30:00Z"}
--   {"id": 7, "e": "2024-10-27 23:30:00Z"}
CREATE TABLE z (id INT, e TIMESTAMP_LTZ(3), WATERMARK FOR e AS e - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SET 'table.local-time-zone' = 'GMT+05:30';
SELECT id, e, CAST(e AS DATE) FROM z;
