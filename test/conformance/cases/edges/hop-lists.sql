-- Lists in HOP windows begin with the newest slice.
-- covers: HOP, LISTAGG, ARRAY_AGG, COLLECT, PERCENTILE
-- input tk:
--   {"id": 1, "cid": "c1", "status": "open", "ts": "2024-03-30 23:30:00"}
--   {"id": 2, "cid": "c2", "status": "open", "ts": "2024-03-31 00:30:00"}
--   {"id": 1, "cid": "c1", "status": "closed", "ts": "2024-03-31 01:30:00"}
--   {"id": 3, "cid": "c1", "status": "open", "ts": "2024-03-31 03:30:00"}
--   {"id": 2, "cid": "c9", "status": "closed", "ts": "2024-03-31 23:59:59.999"}
--   {"id": 4, "cid": null, "status": null, "ts": "2024-04-01 00:00:00"}
CREATE TABLE tk (id INT, cid STRING, status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT window_start, LISTAGG(status), COLLECT(cid), ARRAY_AGG(id), COUNT(DISTINCT id), STDDEV_POP(id), PERCENTILE(id, 0.5) FROM TABLE(HOP(TABLE tk, DESCRIPTOR(ts), INTERVAL '6' HOUR, INTERVAL '1' DAY)) GROUP BY window_start, window_end;
