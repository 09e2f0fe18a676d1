-- A list from which rows are taken back.
-- covers: LISTAGG with retraction, deduplication
-- key: product
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT product, LISTAGG(status, '|') AS l, COUNT(DISTINCT status) AS d, MIN(status) AS mn, MAX(ts) AS mx FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS n FROM sales) WHERE n = 1 GROUP BY product;
