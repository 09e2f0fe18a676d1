-- What is computed over values is grouped.
-- covers: OVER, then GROUP BY
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT r, COUNT(*) AS n FROM (SELECT COUNT(*) OVER (ORDER BY qty) AS r FROM o) GROUP BY r;
