-- An updating aggregate joined with itself.
-- covers: JOIN of aggregates, retraction
-- key: product, customer, other
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
WITH c AS (SELECT product, customer, COUNT(*) AS n FROM sales GROUP BY product, customer)
SELECT a.product, a.customer, b.customer AS other FROM c AS a JOIN c AS b ON a.product = b.product AND a.n = b.n AND a.customer < b.customer;
