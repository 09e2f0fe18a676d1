-- A left join whose NULLs are taken back, counted.
-- covers: LEFT JOIN, COUNT, retraction
-- key: channel
-- input bids from ../rows/bids.ndjson
-- input auctions from ../rows/auctions.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE auctions (id BIGINT, item STRING, seller BIGINT, category INT, reserve BIGINT, ts TIMESTAMP(3), expires TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT COALESCE(b.channel, 'none') AS channel, COUNT(*) AS n, COUNT(b.price) AS priced, SUM(b.price) AS total FROM auctions AS a LEFT JOIN bids AS b ON a.id = b.auction AND b.price > 100 GROUP BY COALESCE(b.channel, 'none');
