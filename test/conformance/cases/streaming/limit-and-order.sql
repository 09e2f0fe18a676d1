-- The three dearest lines.
-- covers: ORDER BY, LIMIT
-- key: id, price, qty
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, price, qty FROM sales ORDER BY price DESC, id, ts LIMIT 3;
