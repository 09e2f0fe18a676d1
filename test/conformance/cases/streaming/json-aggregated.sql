-- JSON of groups.
-- covers: JSON_ARRAYAGG, JSON_OBJECTAGG
-- key: usr
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, JSON_ARRAYAGG(page) AS pages, JSON_ARRAYAGG(ms NULL ON NULL) AS mss FROM visits GROUP BY usr;
