-- Shares by conditions.
-- covers: CASE in aggregates, integer division, NULLIF
-- key: usr
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, SUM(CASE WHEN ms > 100 THEN 1 ELSE 0 END) AS slow, COUNT(CASE WHEN page LIKE '/cart%' THEN 1 END) AS carts, SUM(CASE WHEN ms > 100 THEN 1 ELSE 0 END) * 100 / NULLIF(COUNT(ms), 0) AS pct, AVG(CAST(ms AS DOUBLE)) AS a FROM visits GROUP BY usr;
