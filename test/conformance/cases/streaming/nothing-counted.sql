-- A count of nothing.
-- covers: COUNT without GROUP BY, empty
-- key: n, q
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT COUNT(*) AS n, SUM(qty) AS q FROM sales WHERE qty > 1000;
