-- JSON_EXISTS over ordinary values, limits and NULLs.
-- covers: JSON_EXISTS
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_EXISTS(j, '$.a'),
  JSON_EXISTS(j, 'strict $.b.c'),
  JSON_EXISTS(j, 'lax $.b.d[2].e'),
  JSON_EXISTS(j, 'strict $.zzz' FALSE ON ERROR),
  JSON_EXISTS(j, 'strict $.zzz' UNKNOWN ON ERROR),
  JSON_EXISTS(j, '$[3].a')
FROM docs;
