-- Columns named in INSERT, in another order, with casts.
-- covers: INSERT INTO, column list, implicit casts
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE target (k VARCHAR(20), total DECIMAL(20, 4), n BIGINT, note STRING, d DOUBLE) WITH ('connector' = 'conformance');
INSERT INTO target (total, k, d) SELECT price, product, qty FROM sales WHERE id < 4;
