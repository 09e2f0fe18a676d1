-- CASE in both forms, without ELSE, of NULLs.
-- covers: CASE, NULLIF, COALESCE
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, CASE page WHEN '/home' THEN 1 WHEN NULL THEN 2 ELSE 3 END AS a, CASE WHEN ms > 100 THEN 'slow' WHEN ms > 20 THEN 'middle' END AS b, CASE WHEN ms IS NULL THEN NULL ELSE ms * 1.5 END AS c, COALESCE(NULLIF(page, '/home'), CAST(ms AS STRING), '-') AS d FROM visits;
