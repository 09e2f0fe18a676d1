-- A group leaves HAVING again.
-- covers: HAVING, retraction
-- key: product
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT product, SUM(CASE status WHEN 'new' THEN qty WHEN 'cancelled' THEN -qty ELSE 0 END) AS q FROM sales GROUP BY product HAVING SUM(CASE status WHEN 'new' THEN qty WHEN 'cancelled' THEN -qty ELSE 0 END) BETWEEN 1 AND 5;
