-- RANK is refused: Flink has it for batches only.
-- expect: error
-- covers: RANK, top-N
-- input bids from ../rows/bids.ndjson
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'conformance');
SELECT auction, bidder, price FROM (SELECT *, RANK() OVER (PARTITION BY auction ORDER BY price DESC) AS r FROM bids WHERE price IS NOT NULL) WHERE r <= 1;
