-- A total that is shown only while it is large.
-- covers: HAVING without GROUP BY
-- key: q
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT SUM(qty) AS q FROM sales HAVING SUM(qty) > 5 AND COUNT(*) < 9;
