-- Over sums that change: rows move, and others with them.
-- covers: OVER over updates
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT customer, s, SUM(s) OVER (ORDER BY s) AS r FROM (SELECT customer, SUM(qty) AS s FROM o GROUP BY customer);
