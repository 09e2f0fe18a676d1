-- Persons and their auctions of one window.
-- covers: TUMBLE, window join, semi join
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT p.bidder, p.window_start FROM (
  SELECT bidder, window_start, window_end FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '30' SECOND)) GROUP BY bidder, window_start, window_end
) AS p JOIN (
  SELECT bidder, window_start, window_end, MAX(price) AS top FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '30' SECOND)) WHERE price > 100 GROUP BY bidder, window_start, window_end
) AS q ON p.bidder = q.bidder AND p.window_start = q.window_start AND p.window_end = q.window_end;
