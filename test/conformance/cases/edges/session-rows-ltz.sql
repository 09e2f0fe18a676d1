-- Sessions of instants; the column that parts them is not selected.
-- covers: SESSION, TIMESTAMP_LTZ
-- input ltz:
--   {"id": 1, "u": "a", "v": 10, "e": 1710064801000}
--   {"id": 2, "u": "b", "v": 20, "e": 1710064803000}
--   {"id": 3, "u": "a", "v": 30, "e": 1710064802000}
--   {"id": 4, "u": "a", "v": 40, "e": 1710064841000}
CREATE TABLE ltz (id INT, u STRING, v INT, e BIGINT, ts AS TO_TIMESTAMP_LTZ(e, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, window_start, window_end, window_time FROM TABLE(SESSION(TABLE ltz PARTITION BY u, DESCRIPTOR(ts), INTERVAL '5' SECOND));
