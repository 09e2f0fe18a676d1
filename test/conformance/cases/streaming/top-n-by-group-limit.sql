-- LIMIT of an updating result.
-- covers: ORDER BY, LIMIT, updates
-- key: customer, n
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT customer, COUNT(*) AS n FROM sales GROUP BY customer ORDER BY n DESC, customer LIMIT 2;
