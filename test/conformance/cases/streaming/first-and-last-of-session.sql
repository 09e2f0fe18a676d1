-- The pages of a session in their order, and how long it was.
-- covers: SESSION, LISTAGG, TIMESTAMPDIFF
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, window_start, MIN(page) AS f, LISTAGG(page, '>') AS way, COUNT(*) AS n, TIMESTAMPDIFF(SECOND, window_start, window_end) AS secs FROM TABLE(SESSION(TABLE visits PARTITION BY usr, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY usr, window_start, window_end;
