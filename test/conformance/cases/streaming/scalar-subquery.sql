-- Each row beside the maximum of all.
-- covers: scalar sub-query
-- key: product
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT product, SUM(qty) AS q FROM sales GROUP BY product HAVING SUM(qty) >= (SELECT MAX(qty) FROM sales);
