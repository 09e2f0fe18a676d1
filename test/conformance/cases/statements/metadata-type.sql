-- METADATA whose type cannot be cast is refused.
-- covers: METADATA
-- expect: error
CREATE TABLE k (id INT, part INT METADATA FROM 'partition' VIRTUAL, off DATE METADATA FROM 'offset' VIRTUAL, `timestamp` TIMESTAMP_LTZ(3) METADATA, headers MAP<STRING, BYTES> METADATA, WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '1' SECOND) WITH ('connector' = 'kafka', 'topic' = 'conformance.t', 'properties.bootstrap.servers' = 'localhost:1', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
EXPLAIN SELECT * FROM k;
