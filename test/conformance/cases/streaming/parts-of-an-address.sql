-- Directories of an address.
-- covers: SPLIT_INDEX, COALESCE
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT auction, SPLIT_INDEX(url, '/', 3) AS dir1, SPLIT_INDEX(url, '/', 4) AS dir2, COALESCE(SPLIT_INDEX(url, '/', 9), 'none'), PARSE_URL(url, 'HOST'), PARSE_URL(url, 'QUERY', 'channel_id') FROM bids;
