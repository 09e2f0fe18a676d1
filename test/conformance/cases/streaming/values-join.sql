-- A table of constants beside a stream.
-- covers: VALUES, JOIN
-- key: id, product
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT s.id, s.product, r.rate, s.price * r.rate AS converted FROM sales AS s JOIN (VALUES ('tea', 1.1), ('milk', 0.95)) AS r (product, rate) ON s.product = r.product;
