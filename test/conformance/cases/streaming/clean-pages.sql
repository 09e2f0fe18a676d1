-- Texts in unusual combinations.
-- covers: string functions
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, REGEXP_REPLACE(LOWER(page), '[?].*$', '') AS clean, LPAD(SPLIT_INDEX(page, '=', 1), 6, '0') AS id, OVERLAY(page PLACING '***' FROM 2 FOR 3) AS o, TRIM(BOTH '/' FROM page) AS t,
  POSITION('?' IN page) AS q, LEFT(page, 3) || '..' || RIGHT(page, 2) AS lr, INITCAP(REPLACE(page, '/', ' ')) AS i, REVERSE(SUBSTR(page, -3)) AS r, REPEAT('ab', MOD(ms, 4)) AS rep, page SIMILAR TO '/[a-z]+' AS sim FROM visits;
