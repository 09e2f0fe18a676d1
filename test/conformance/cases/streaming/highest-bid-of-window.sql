-- The rows of the highest bids of a window by a join with its maximum.
-- covers: TUMBLE, interval join, BETWEEN
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT b.auction, b.price, b.bidder, b.ts FROM bids AS b JOIN (
  SELECT MAX(price) AS top, window_time AS wt FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, window_time
) AS m ON b.price = m.top WHERE b.ts BETWEEN m.wt - INTERVAL '10' SECOND AND m.wt;
