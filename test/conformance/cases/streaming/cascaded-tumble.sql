-- Windows of windows: minutes of counts of ten seconds.
-- covers: TUMBLE, cascade, window_time
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
WITH ten AS (SELECT product, SUM(qty) AS q, COUNT(*) AS c, window_time AS rt FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY product, window_start, window_end, window_time)
SELECT window_start, SUM(q), SUM(c), MAX(product), COUNT(*) FROM TABLE(TUMBLE(TABLE ten, DESCRIPTOR(rt), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
