-- Pairs of an interval join in windows.
-- covers: interval join, TUMBLE on its result
-- input bids from ../rows/bids.ndjson
-- input auctions from ../rows/auctions.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE auctions (id BIGINT, item STRING, seller BIGINT, category INT, reserve BIGINT, ts TIMESTAMP(3), expires TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE VIEW pairs AS SELECT a.id, b.price, b.ts AS bt FROM auctions AS a JOIN bids AS b ON a.id = b.auction AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '1' MINUTE;
SELECT window_start, id, COUNT(*) AS n, MAX(price) AS top FROM TABLE(TUMBLE(TABLE pairs, DESCRIPTOR(bt), INTERVAL '10' SECOND)) GROUP BY id, window_start, window_end;
