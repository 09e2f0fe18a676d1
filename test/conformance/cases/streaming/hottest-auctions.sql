-- Auctions with most bids in sliding windows: an aggregate joined with the maximum of aggregates of the same window.
-- covers: HOP, window join, nested aggregates
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT a.auction, a.num, a.window_start FROM (
  SELECT auction, COUNT(*) AS num, window_start, window_end FROM TABLE(HOP(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) GROUP BY auction, window_start, window_end
) AS a JOIN (
  SELECT MAX(num) AS top, window_start, window_end FROM (
    SELECT COUNT(*) AS num, window_start, window_end FROM TABLE(HOP(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) GROUP BY auction, window_start, window_end
  ) AS c GROUP BY window_start, window_end
) AS m ON a.window_start = m.window_start AND a.window_end = m.window_end AND a.num >= m.top;
