-- Sessions of a bidder: how many bids before a pause.
-- covers: SESSION, PARTITION BY
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT bidder, COUNT(*) AS bids, window_start, window_end, window_time FROM TABLE(SESSION(TABLE bids PARTITION BY bidder, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY bidder, window_start, window_end, window_time;
