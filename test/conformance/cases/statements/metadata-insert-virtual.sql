-- A VIRTUAL column cannot be written.
-- covers: METADATA VIRTUAL
-- expect: error
CREATE TABLE k (id INT, part INT METADATA FROM 'partition' VIRTUAL, off BIGINT METADATA FROM 'offset' VIRTUAL, `timestamp` TIMESTAMP_LTZ(3) METADATA, headers MAP<STRING, BYTES> METADATA, WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '1' SECOND) WITH ('connector' = 'kafka', 'topic' = 'conformance.t', 'properties.bootstrap.servers' = 'localhost:1', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
EXPLAIN INSERT INTO k SELECT 1, 2, 3, CURRENT_TIMESTAMP, CAST(NULL AS MAP<STRING, BYTES>);
