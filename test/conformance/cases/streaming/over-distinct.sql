-- Distinct values over the rows before.
-- covers: COUNT DISTINCT OVER
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, product, COUNT(DISTINCT customer) OVER (PARTITION BY product ORDER BY ts) AS customers FROM sales;
