-- A window over the last row of each key: what a row was is taken out of its window.
-- covers: TUMBLE, deduplication, retraction
-- input items:
--   {"id": 1, "kind": "a", "ts": "2024-03-10 10:00:01"}
--   {"id": 2, "kind": "b", "ts": "2024-03-10 10:00:02"}
--   {"id": 3, "kind": "a", "ts": "2024-03-10 10:00:03"}
--   {"id": 4, "kind": "b", "ts": "2024-03-10 10:00:14"}
--   {"id": 5, "kind": "a", "ts": "2024-03-10 10:00:15"}
CREATE TABLE items (id INT, kind STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '20' SECOND) WITH ('connector' = 'conformance');
CREATE VIEW newest AS SELECT id, kind, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY ts DESC) AS rn FROM items) WHERE rn = 1;
SELECT window_start, COUNT(*) AS n, SUM(id) AS s FROM TUMBLE(TABLE newest, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
