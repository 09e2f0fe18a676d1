-- Rows that have a later one.
-- covers: EXISTS, correlated
-- key: id, status
-- input bids from ../rows/bids.ndjson
-- input sales from ../rows/sales.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT s.id, s.status FROM sales AS s WHERE EXISTS (SELECT 1 FROM bids AS b WHERE b.auction = s.id AND b.price > s.price * 10);
