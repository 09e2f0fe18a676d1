-- The largest sum, which may become smaller.
-- covers: MAX with retraction
-- key: n
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT MAX(s) AS mx, MIN(s) AS mn, COUNT(*) AS n FROM (SELECT product, SUM(CASE WHEN status = 'cancelled' THEN -qty ELSE qty END) AS s FROM sales GROUP BY product);
