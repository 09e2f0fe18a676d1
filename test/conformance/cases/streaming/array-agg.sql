-- Lists of values, and of distinct ones.
-- covers: ARRAY_AGG, COLLECT
-- key: usr
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, ARRAY_AGG(page) AS pages, ARRAY_AGG(DISTINCT page) AS once, COLLECT(ms) AS bag, CARDINALITY(ARRAY_AGG(ms)) AS n FROM visits GROUP BY usr;
