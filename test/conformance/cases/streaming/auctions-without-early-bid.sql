-- Auctions without a bid in their first seconds: a left interval join and what it did not find.
-- covers: interval join, LEFT JOIN, IS NULL
-- input bids from ../rows/bids.ndjson
-- input auctions from ../rows/auctions.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE auctions (id BIGINT, item STRING, seller BIGINT, category INT, reserve BIGINT, ts TIMESTAMP(3), expires TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT a.id, a.item, b.price FROM auctions AS a LEFT JOIN bids AS b ON a.id = b.auction AND b.ts >= a.ts AND b.ts < a.ts + INTERVAL '3' SECOND;
