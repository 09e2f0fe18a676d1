-- Three tables, one condition that is no equality.
-- covers: JOIN, non-equi condition
-- key: item, bidder, next_bidder, step
-- input bids from ../rows/bids.ndjson
-- input auctions from ../rows/auctions.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE auctions (id BIGINT, item STRING, seller BIGINT, category INT, reserve BIGINT, ts TIMESTAMP(3), expires TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT a.item, b.bidder, c.bidder AS next_bidder, c.price - b.price AS step FROM auctions AS a JOIN bids AS b ON a.id = b.auction JOIN bids AS c ON b.auction = c.auction AND c.ts > b.ts AND c.price > b.price WHERE c.price < 1000;
