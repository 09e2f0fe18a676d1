-- Instants on the days when the clocks of Europe/Berlin change.
-- covers: TIMESTAMP_LTZ, table.local-time-zone, daylight saving
-- input t:
--   {"id": 1, "z": "2024-03-31 00:59:59.999Z"}
--   {"id": 2, "z": "2024-03-31 01:00:00.000Z"}
--   {"id": 3, "z": "2024-10-27 00:30:00.000Z"}
--   {"id": 4, "z": "2024-10-27 01:30:00.000Z"}
--   {"id": 5, "z": "1900-01-01 00:00:00.000Z"}
SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TABLE t (id INT, z TIMESTAMP_LTZ(3)) WITH ('connector' = 'conformance');
SELECT id, z, CAST(z AS TIMESTAMP(3)), CAST(z AS DATE), CAST(z AS TIME), CAST(z AS STRING), HOUR(CAST(z AS TIMESTAMP(3))), FLOOR(z TO HOUR), CAST(CAST(z AS TIMESTAMP(3)) AS TIMESTAMP_LTZ(3)), DATE_FORMAT(z, 'yyyy-MM-dd HH:mm:ss'), z + INTERVAL '1' DAY
FROM t;
