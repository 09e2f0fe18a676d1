-- Digests, codes and numbers as texts.
-- covers: MD5, SHA256, TO_BASE64, HEX, BIN, ENCODE
-- input visits from ../rows/visits.ndjson
CREATE TABLE visits (usr STRING, page STRING, ms INT, doc STRING, tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH ('connector' = 'conformance');
SELECT usr, MD5(page) AS m, SHA256(usr) AS s, TO_BASE64(page) AS b, FROM_BASE64(TO_BASE64(page)) AS fb, HEX(ms) AS h, HEX(usr) AS hu, BIN(ms) AS bi, CHR(65 + MOD(ms, 26)) AS c, URL_ENCODE(page) AS ue, URL_DECODE(URL_ENCODE(page)) AS ud FROM visits;
