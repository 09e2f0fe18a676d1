-- Growing sums per product with more than one aggregate.
-- covers: CUMULATE, GROUP BY, FILTER
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT product, window_end, COUNT(*) AS n, SUM(qty) FILTER (WHERE status = 'paid') AS paid, LISTAGG(status) AS l FROM TABLE(CUMULATE(TABLE sales, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '2' MINUTE)) GROUP BY product, window_start, window_end;
