-- A table like another, with a watermark of its own.
-- covers: CREATE TABLE LIKE, WATERMARK
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE later (WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE) WITH ('connector' = 'conformance') LIKE sales (EXCLUDING OPTIONS OVERWRITING WATERMARKS);
SELECT id, ts FROM later;
