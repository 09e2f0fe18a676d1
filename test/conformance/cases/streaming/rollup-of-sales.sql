-- Sub-totals.
-- covers: ROLLUP, GROUPING
-- key: c, product, gc, gp
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT COALESCE(customer, '(none)') AS c, product, SUM(price) AS s, GROUPING(customer) AS gc, GROUPING(product) AS gp FROM sales GROUP BY ROLLUP (customer, product);
