-- The sum of differences.
-- covers: difference of times, aggregates
-- expect: error
-- input times from ../../rows/times.ndjson
CREATE TABLE times (id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING) WITH ('connector' = 'conformance');
SELECT SUM((ts - TIMESTAMP '2024-01-01 00:00:00') SECOND) AS s FROM times WHERE id NOT IN (7, 8);
