-- Distinct pairs, counted.
-- covers: SELECT DISTINCT, COUNT
-- key: pairs
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT COUNT(*) AS pairs, COUNT(customer) AS named FROM (SELECT DISTINCT customer, product FROM sales);
