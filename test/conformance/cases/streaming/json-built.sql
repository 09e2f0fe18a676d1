-- JSON built from columns and aggregates.
-- covers: JSON_OBJECT, JSON_ARRAY, JSON_STRING
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, JSON_OBJECT(KEY 'u' VALUE usr, KEY 'ms' VALUE ms ABSENT ON NULL), JSON_OBJECT('page' VALUE page, 'in' VALUE JSON_ARRAY(ms, page NULL ON NULL)), JSON_STRING(ms), JSON_STRING(tags) FROM visits;
