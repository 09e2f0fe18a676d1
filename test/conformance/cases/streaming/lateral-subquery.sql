-- For each channel its two highest bids, as in the documentation of top-N.
-- covers: LATERAL, correlated top-N
-- key: channel, price, auction
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT c.channel, t.price, t.auction FROM (SELECT DISTINCT channel FROM bids) AS c, LATERAL (SELECT price, auction FROM bids WHERE channel = c.channel ORDER BY price DESC LIMIT 2) AS t;
