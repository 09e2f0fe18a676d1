-- How many customers bought how often: a histogram that takes counts back.
-- covers: nested aggregates, retraction
-- key: c
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT c, COUNT(*) AS customers, MIN(customer) AS first_ FROM (SELECT customer, COUNT(*) AS c FROM sales GROUP BY customer) GROUP BY c;
