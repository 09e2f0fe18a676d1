-- Words of a text as rows.
-- covers: SPLIT, UNNEST
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, part FROM visits CROSS JOIN UNNEST(SPLIT(page, '/')) AS t (part) WHERE part <> '';
