-- First rows of a key, then windows of them.
-- covers: deduplication, TUMBLE on its result
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE VIEW firsts AS SELECT id, customer, price, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY ts ASC) AS n FROM sales) WHERE n = 1;
SELECT window_start, COUNT(*) AS fresh, SUM(price) AS p FROM TABLE(TUMBLE(TABLE firsts, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
