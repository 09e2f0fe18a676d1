-- Elements of an array with their places.
-- covers: UNNEST WITH ORDINALITY
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, tag, place FROM visits CROSS JOIN UNNEST(tags) WITH ORDINALITY AS t (tag, place) WHERE place <= 2;
