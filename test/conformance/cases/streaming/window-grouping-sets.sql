-- Sums of a window by product, by status and of all.
-- covers: TUMBLE, GROUPING SETS, GROUPING_ID
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT window_start, product, status, SUM(qty), GROUPING_ID(product, status) FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '2' MINUTE)) GROUP BY window_start, window_end, GROUPING SETS ((product), (status), ());
