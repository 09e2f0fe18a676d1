-- First and last page of a session.
-- covers: SESSION, FIRST_VALUE, LAST_VALUE, LISTAGG
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, window_start, FIRST_VALUE(page) AS f, LAST_VALUE(page) AS l, LISTAGG(page, '>') AS way, COUNT(*) AS n, TIMESTAMPDIFF(SECOND, window_start, window_end) AS secs FROM TABLE(SESSION(TABLE visits PARTITION BY usr, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY usr, window_start, window_end;
