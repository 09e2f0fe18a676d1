-- Named queries one after another, one of them used twice.
-- covers: WITH, JOIN
-- key: product, q, a
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
WITH s AS (SELECT product, qty, price FROM sales WHERE status = 'new'), t AS (SELECT product, SUM(qty) AS q FROM s GROUP BY product), u AS (SELECT AVG(q) AS a FROM t)
SELECT t.product, t.q, u.a FROM t CROSS JOIN u WHERE t.q >= u.a;
