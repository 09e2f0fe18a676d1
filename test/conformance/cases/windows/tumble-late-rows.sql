-- A row that comes when the watermark has passed its window's end is in no result; one that is only out of order is.
-- covers: TUMBLE, late rows, WATERMARK
-- input clicks:
--   {"id": 1, "ts": "2024-03-10 10:00:00.123", "amount": 1.10}
--   {"id": 2, "ts": "2024-03-10 10:00:05", "amount": null}
--   {"id": 3, "ts": "2024-03-10 10:00:01", "amount": 5}
--   {"id": 4, "ts": "2024-03-10 10:00:03", "amount": 7.25}
CREATE TABLE clicks (
  id INT,
  ts TIMESTAMP(3),
  amount DECIMAL(5, 2),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');

SELECT window_start, window_end, window_time, COUNT(*) AS n, SUM(amount) AS total
FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' SECOND))
GROUP BY window_start, window_end, window_time;
