-- JSON_QUERY over ordinary values, limits and NULLs.
-- covers: JSON_QUERY
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_QUERY(j, '$.b'),
  JSON_QUERY(j, '$.b.d'),
  JSON_QUERY(j, '$.a'),
  JSON_QUERY(j, '$'),
  JSON_QUERY(j, '$[3]'),
  JSON_QUERY(j, '$.n')
FROM docs;
