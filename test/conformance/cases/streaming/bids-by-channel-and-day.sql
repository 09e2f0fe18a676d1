-- Many aggregates with filters over one group.
-- covers: COUNT DISTINCT, FILTER, DATE_FORMAT
-- key: channel, day
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT channel, DATE_FORMAT(ts, 'yyyy-MM-dd') AS `day`, MAX(DATE_FORMAT(ts, 'HH:mm')) AS `minute`, COUNT(*) AS total,
  COUNT(*) FILTER (WHERE price < 110) AS low, COUNT(*) FILTER (WHERE price >= 110 AND price < 1000) AS middle, COUNT(DISTINCT bidder) AS bidders,
  COUNT(DISTINCT bidder) FILTER (WHERE price < 110) AS lowbidders, COUNT(DISTINCT auction) AS auctions_
FROM bids GROUP BY channel, DATE_FORMAT(ts, 'yyyy-MM-dd');
