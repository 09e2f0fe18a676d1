-- Sessions, and then hops over their counts.
-- covers: SESSION, HOP, cascade
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE VIEW s AS SELECT customer, COUNT(*) AS c, window_time AS rt FROM TABLE(SESSION(TABLE sales PARTITION BY customer, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY customer, window_start, window_end, window_time;
SELECT window_start, window_end, SUM(c), COUNT(DISTINCT customer) FROM TABLE(HOP(TABLE s, DESCRIPTOR(rt), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE)) GROUP BY window_start, window_end;
