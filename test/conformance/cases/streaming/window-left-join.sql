-- Windows joined on the left: minutes of sales with and without visits of a name.
-- covers: TUMBLE, window join, LEFT JOIN
-- input bids from ../rows/bids.ndjson
-- input auctions from ../rows/auctions.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE auctions (id BIGINT, item STRING, seller BIGINT, category INT, reserve BIGINT, ts TIMESTAMP(3), expires TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT a.window_start, a.auction, a.n, b.m FROM (SELECT window_start, window_end, auction, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end, auction) AS a
LEFT JOIN (SELECT window_start, window_end, id, COUNT(*) AS m FROM TABLE(TUMBLE(TABLE auctions, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end, id) AS b
ON a.auction = b.id AND a.window_start = b.window_start AND a.window_end = b.window_end;
