-- Windows over an interval join.
-- covers: interval join, TUMBLE
-- input tk:
--   {"id": 1, "cid": "c1", "status": "open", "ts": "2024-03-30 23:30:00"}
--   {"id": 2, "cid": "c2", "status": "open", "ts": "2024-03-31 00:30:00"}
--   {"id": 1, "cid": "c1", "status": "closed", "ts": "2024-03-31 01:30:00"}
--   {"id": 3, "cid": "c1", "status": "open", "ts": "2024-03-31 03:30:00"}
--   {"id": 2, "cid": "c9", "status": "closed", "ts": "2024-03-31 23:59:59.999"}
--   {"id": 4, "cid": null, "status": null, "ts": "2024-04-01 00:00:00"}
CREATE TABLE tk (id INT, cid STRING, status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE VIEW v AS SELECT a.id, a.ts FROM tk a JOIN tk b ON a.id = b.id AND a.status = 'open' AND b.status = 'closed' AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '1' DAY;
SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end;
