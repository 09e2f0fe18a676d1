-- A bid by the time of day, and a count of letters.
-- covers: CASE, HOUR, CHAR_LENGTH, REPLACE
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT auction, 0.908 * price AS euros, CASE WHEN HOUR(ts) >= 8 AND HOUR(ts) <= 18 THEN 'dayTime' WHEN HOUR(ts) <= 6 OR HOUR(ts) >= 20 THEN 'nightTime' ELSE 'otherTime' END AS t,
  CHAR_LENGTH(channel) - CHAR_LENGTH(REPLACE(channel, 'o', '')) AS os FROM bids WHERE price > 1 AND price < 50000000;
