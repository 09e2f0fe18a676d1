-- One row for all, before and after the first.
-- covers: aggregates without GROUP BY
-- key: n, q, a, mn, mx, d
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT COUNT(*) AS n, SUM(qty) AS q, AVG(price) AS a, MIN(customer) AS mn, MAX(ts) AS mx, COUNT(DISTINCT product) AS d FROM sales WHERE status <> 'cancelled';
