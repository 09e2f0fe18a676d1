-- Everything is not in an empty list, NULL too.
-- covers: NOT IN, empty
-- input c from ../rows/people.ndjson
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE TABLE nothing (v INT, w STRING) WITH ('connector' = 'conformance');
SELECT name FROM c WHERE lim NOT IN (SELECT v FROM nothing);
