-- Auctions with and without bids.
-- covers: LEFT JOIN, COUNT, HAVING
-- key: id, item
-- input bids from ../rows/bids.ndjson
-- input auctions from ../rows/auctions.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE auctions (id BIGINT, item STRING, seller BIGINT, category INT, reserve BIGINT, ts TIMESTAMP(3), expires TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT a.id, a.item, COUNT(b.auction) AS n, COALESCE(MAX(b.price), 0) AS top FROM auctions AS a LEFT JOIN bids AS b ON a.id = b.auction GROUP BY a.id, a.item HAVING COUNT(b.auction) <> 2;
