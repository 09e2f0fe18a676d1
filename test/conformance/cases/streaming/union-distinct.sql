-- A union without repeats takes nothing back.
-- covers: UNION
-- key: name
-- input sales from ../rows/sales.ndjson
-- input visits from ../rows/visits.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT customer AS name FROM sales UNION SELECT usr FROM visits UNION SELECT product FROM sales WHERE qty > 4;
