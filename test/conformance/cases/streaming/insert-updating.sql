-- An updating aggregate into a table.
-- covers: INSERT INTO, retraction, CAST
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE target (customer STRING, n BIGINT, total DECIMAL(12, 2)) WITH ('connector' = 'conformance');
INSERT INTO target SELECT COALESCE(customer, '?'), COUNT(*), SUM(price * qty) FROM sales GROUP BY customer;
