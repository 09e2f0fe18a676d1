-- Rows of one price have one sum; a cheaper row updates those behind it.
-- covers: OVER, non-time order, RANGE
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, SUM(qty) OVER (PARTITION BY customer ORDER BY price) AS s, COUNT(*) OVER (PARTITION BY customer ORDER BY price) AS n FROM o;
