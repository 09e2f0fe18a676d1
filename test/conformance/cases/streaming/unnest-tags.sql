-- Elements of an array, counted.
-- covers: CROSS JOIN UNNEST, GROUP BY
-- key: tag
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT tag, COUNT(*) AS n, COUNT(DISTINCT usr) AS users FROM visits CROSS JOIN UNNEST(tags) AS t (tag) GROUP BY tag;
