-- Two aggregates in one result.
-- covers: UNION ALL, aggregates
-- key: kind, name
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT 'customer' AS kind, customer AS name, COUNT(*) AS c FROM sales GROUP BY customer
UNION ALL
SELECT 'product', product, SUM(qty) FROM sales GROUP BY product;
