-- Groups by expressions, and a select without them.
-- covers: GROUP BY expression, ordinal arithmetic
-- key: bucket
-- digits: 12
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT FLOOR(ms / 100) * 100 AS bucket, COUNT(*) AS n, STDDEV_POP(ms) AS sd, MAX(ms) - MIN(ms) AS spread FROM visits GROUP BY FLOOR(ms / 100) * 100;
