-- Products sold more than once in a minute.
-- covers: TUMBLE, HAVING, nested function
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT window_start, product, SUM(COALESCE(qty, 1)) AS q, ROUND(AVG(price), 1) AS p FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, product HAVING SUM(COALESCE(qty, 1)) > 1 AND COUNT(*) < 3;
