-- The last state of each order, and sums of those by state.
-- covers: deduplication, nested aggregates, GROUP BY
-- key: status
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
WITH latest AS (SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS n FROM sales) WHERE n = 1)
SELECT status, COUNT(*) AS orders, SUM(qty * price) AS total, LISTAGG(product) AS products FROM latest GROUP BY status;
