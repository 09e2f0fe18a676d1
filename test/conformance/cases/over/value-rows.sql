-- Rows of one price stand as they came.
-- covers: OVER, non-time order, ROWS
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, SUM(qty) OVER (PARTITION BY kind ORDER BY price ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s FROM o;
