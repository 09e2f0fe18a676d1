-- Abbreviations of zones are refused.
-- covers: table.local-time-zone
-- expect: error
-- input z:
--   {"id": 1, "e": "2024-03-30 22:30:00Z"}
--   {"id": 2, "e": "2024-03-31 00:30:00Z"}
--   {"id": 3, "e": "2024-03-31 01:30:00Z"}
--   {"id": 4, "e": "2024-03-31 22:30:00Z"}
--   {"id": 5, "e": "2024-10-27 00:30:00Z"}
--   {"id": 6, "e": "2024-10-27 01:30:00Z"}
--   {"id": 7, "e": "2024-10-27 23:30:00Z"}
CREATE TABLE z (id INT, e TIMESTAMP_LTZ(3), WATERMARK FOR e AS e - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SET 'table.local-time-zone' = 'PST';
SELECT id, e FROM z;
