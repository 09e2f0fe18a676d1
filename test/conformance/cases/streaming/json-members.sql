-- Members of JSON texts.
-- covers: JSON_VALUE, JSON_QUERY, JSON_EXISTS, IS JSON
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, JSON_VALUE(doc, '$.ref') AS ref, JSON_VALUE(doc, '$.n.x' RETURNING DOUBLE DEFAULT 0e0 ON EMPTY NULL ON ERROR) AS x, JSON_QUERY(doc, '$.tags') AS tags, JSON_VALUE(doc, '$.tags[0]') AS t0,
  JSON_EXISTS(doc, '$.n.x') AS e, doc IS JSON OBJECT AS o, JSON_QUERY(doc, '$.tags[*]' WITH CONDITIONAL WRAPPER) AS w FROM visits;
