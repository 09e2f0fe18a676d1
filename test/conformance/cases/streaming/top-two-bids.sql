-- The two highest bids of each auction, with their rank.
-- covers: ROW_NUMBER, top-N
-- key: auction, n
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT auction, price, bidder, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, ts ASC) AS n FROM bids) WHERE n <= 2;
