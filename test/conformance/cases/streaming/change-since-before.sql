-- What changed since the row before.
-- covers: LAG, OVER
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, status, LAG(status) OVER (PARTITION BY id ORDER BY ts) AS was, LAG(qty, 1, -1) OVER (PARTITION BY id ORDER BY ts) AS q FROM sales;
