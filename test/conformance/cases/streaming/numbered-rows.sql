-- Rows numbered by a count over those before.
-- covers: OVER, ROW_NUMBER in SELECT
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, product, COUNT(*) OVER (PARTITION BY product ORDER BY ts) AS nth, SUM(price * qty) OVER (PARTITION BY product ORDER BY ts) AS total FROM sales WHERE status = 'new';
