-- First and last values, NULLs passed over.
-- covers: FIRST_VALUE, LAST_VALUE, FILTER
-- key: usr
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, FIRST_VALUE(page) AS f, LAST_VALUE(page) AS l, LAST_VALUE(ms) AS lm, FIRST_VALUE(ms) FILTER (WHERE ms < 100) AS fast FROM visits GROUP BY usr;
