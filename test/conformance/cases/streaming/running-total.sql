-- A sum over all rows so far of each customer.
-- covers: OVER, RANGE UNBOUNDED PRECEDING
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, customer, SUM(qty) OVER (PARTITION BY customer ORDER BY ts) AS total, COUNT(*) OVER (PARTITION BY customer ORDER BY ts) AS n FROM sales;
