-- Periods whose times have different precisions overlap as their times say.
-- covers: OVERLAPS
-- input e:
--   {"id": 1, "ts": "2024-03-10 02:30:15.123456", "d": "2024-02-29"}
--   {"id": 2, "ts": "1969-12-31 23:59:59.999999", "d": "1969-12-31"}
--   {"id": 3}
CREATE TABLE e (id INT, ts TIMESTAMP(6), d DATE) WITH ('connector' = 'conformance');
SELECT id, (ts, INTERVAL '1' DAY) OVERLAPS (TIMESTAMP '2024-03-10 00:00:00', INTERVAL '1' DAY),
  (ts, TIMESTAMP '2024-03-10 00:00:00') OVERLAPS (TIMESTAMP '2024-03-10 01:00:00', TIMESTAMP '2024-03-10 02:00:00.5'),
  (d, d) OVERLAPS (DATE '2024-02-29', DATE '2024-02-29'), (d, INTERVAL '1' MONTH) OVERLAPS (DATE '2024-03-29', DATE '2024-03-30'), (ts, ts) OVERLAPS (ts, ts)
FROM e;
