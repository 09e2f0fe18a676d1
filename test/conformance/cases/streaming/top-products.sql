-- Top products by an updating sum.
-- covers: ROW_NUMBER over updates, top-N
-- key: n
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT product, q, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY q DESC, product) AS n FROM (SELECT product, SUM(qty) AS q FROM sales GROUP BY product)) WHERE n <= 2;
