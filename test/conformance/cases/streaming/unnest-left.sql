-- Rows without elements stay.
-- covers: LEFT JOIN UNNEST
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, page, tag FROM visits LEFT JOIN UNNEST(tags) AS t (tag) ON TRUE;
