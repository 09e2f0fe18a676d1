-- FLOOR and CEIL of instants on days on which the clock changes.
-- covers: FLOOR, CEIL, TIMESTAMP_LTZ, daylight saving
-- input z:
--   {"id": 1, "e": "2024-03-30 22:30:00Z"}
--   {"id": 2, "e": "2024-03-31 00:30:00Z"}
--   {"id": 3, "e": "2024-03-31 01:30:00Z"}
--   {"id": 4, "e": "2024-03-31 22:30:00Z"}
--   {"id": 5, "e": "2024-10-27 00:30:00Z"}
--   {"id": 6, "e": "2024-10-27 01:30:00Z"}
--   {"id": 7, "e": "2024-10-27 23:30:00Z"}
CREATE TABLE z (id INT, e TIMESTAMP_LTZ(3), WATERMARK FOR e AS e - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SET 'table.local-time-zone' = 'Europe/Berlin';
SELECT id, e, FLOOR(e TO DAY), FLOOR(e TO HOUR), FLOOR(e TO WEEK), FLOOR(e TO MONTH), FLOOR(e TO YEAR), CEIL(e TO DAY), CEIL(e TO HOUR), CEIL(e TO WEEK), CEIL(e TO MONTH), CEIL(e TO YEAR), FLOOR(e TO MINUTE) FROM z;
