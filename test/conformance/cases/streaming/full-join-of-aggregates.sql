-- Two aggregates side by side, missing on either side.
-- covers: FULL OUTER JOIN, aggregates
-- key: product
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT COALESCE(a.product, b.product) AS product, a.n, b.q FROM (SELECT product, COUNT(*) AS n FROM sales WHERE status = 'new' GROUP BY product) AS a
FULL OUTER JOIN (SELECT product, SUM(qty) AS q FROM sales WHERE status = 'paid' GROUP BY product) AS b ON a.product = b.product;
