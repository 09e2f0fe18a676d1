-- Windows in GROUP BY, as before window functions.
-- covers: TUMBLE in GROUP BY, TUMBLE_START, TUMBLE_ROWTIME
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) AS s, TUMBLE_END(ts, INTERVAL '1' MINUTE) AS e, usr, COUNT(*) AS n FROM visits GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), usr;
