-- Products that were sold and never cancelled.
-- covers: EXCEPT, INTERSECT
-- key: product
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT product FROM sales WHERE status = 'new' EXCEPT SELECT product FROM sales WHERE status = 'cancelled';
