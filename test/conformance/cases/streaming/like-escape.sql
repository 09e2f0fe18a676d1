-- Patterns with an escape, ranges and sets.
-- covers: LIKE ESCAPE, BETWEEN SYMMETRIC, IN, IS NOT DISTINCT FROM
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, page LIKE '_car!_t%' ESCAPE '!' AS a, page NOT LIKE '/%' AS b, ms BETWEEN SYMMETRIC 100 AND 20 AS c, ms NOT BETWEEN 50 AND 120 AS d, page IN ('/home', '/Pay') AS e, ms IS NOT DISTINCT FROM NULL AS f, (ms, usr) = (80, 'u1') AS g FROM visits;
