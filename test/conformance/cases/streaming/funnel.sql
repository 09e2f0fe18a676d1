-- Who came home and then to the cart within a minute.
-- covers: self join, interval join, DISTINCT
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT DISTINCT h.usr, c.page FROM visits AS h JOIN visits AS c ON h.usr = c.usr AND c.ts BETWEEN h.ts AND h.ts + INTERVAL '1' MINUTE WHERE h.page = '/home' AND c.page LIKE '/cart%';
