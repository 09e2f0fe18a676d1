-- JSON_VALUE over ordinary values, limits and NULLs.
-- covers: JSON_VALUE
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_VALUE(j, '$.a'),
  JSON_VALUE(j, '$.b.c'),
  JSON_VALUE(j, 'lax $.b.d[0]'),
  JSON_VALUE(j, '$.b'),
  JSON_VALUE(j, '$.n'),
  JSON_VALUE(j, '$[1]'),
  JSON_VALUE(j, '$')
FROM docs;
