-- The largest row of each session.
-- covers: SESSION, ROW_NUMBER, window top-N
-- input ev:
--   {"id": 1, "u": "a", "v": 10, "d": 1.5, "ts": "2024-03-10 10:00:01.000"}
--   {"id": 2, "u": "b", "v": null, "d": 2.5, "ts": "2024-03-10 10:00:03.000"}
--   {"id": 3, "u": "a", "v": 30, "d": null, "ts": "2024-03-10 10:00:02.000"}
--   {"id": 4, "u": null, "v": 40, "d": 0.0, "ts": "2024-03-10 10:00:11.000"}
--   {"id": 5, "u": "b", "v": 50, "d": -1.0, "ts": "2024-03-10 10:00:05.000"}
--   {"id": 6, "u": "a", "v": -60, "d": 7.25, "ts": "2024-03-10 10:00:25.000"}
--   {"id": 7, "u": "c", "v": 70, "d": 8.0, "ts": "2024-03-10 10:01:25.000"}
CREATE TABLE ev (id INT, u STRING, v INT, d DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'conformance');
SELECT id, u FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, u ORDER BY v DESC) rn FROM TABLE(SESSION(TABLE ev PARTITION BY u, DESCRIPTOR(ts), INTERVAL '5' SECOND))) WHERE rn <= 1;
