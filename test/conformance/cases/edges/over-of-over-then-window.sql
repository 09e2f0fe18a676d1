-- OVER keeps the time attribute: windows and OVER over its rows.
-- covers: OVER, TUMBLE
-- input tk:
--   {"id": 1, "cid": "c1", "status": "open", "ts": "2024-03-30 23:30:00"}
--   {"id": 2, "cid": "c2", "status": "open", "ts": "2024-03-31 00:30:00"}
--   {"id": 1, "cid": "c1", "status": "closed", "ts": "2024-03-31 01:30:00"}
--   {"id": 3, "cid": "c1", "status": "open", "ts": "2024-03-31 03:30:00"}
--   {"id": 2, "cid": "c9", "status": "closed", "ts": "2024-03-31 23:59:59.999"}
--   {"id": 4, "cid": null, "status": null, "ts": "2024-04-01 00:00:00"}
CREATE TABLE tk (id INT, cid STRING, status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE VIEW v AS SELECT id, ts, SUM(id) OVER (PARTITION BY cid ORDER BY ts) AS s FROM tk;
CREATE VIEW u AS SELECT ts, s, COUNT(s) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM v;
SELECT window_start, SUM(s), SUM(n) FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end;
