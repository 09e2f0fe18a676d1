-- JSON_QUERY ... RETURNING ARRAY over ordinary values, limits and NULLs.
-- covers: JSON_QUERY ... RETURNING ARRAY
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_QUERY(j, '$.b.d' RETURNING ARRAY<STRING>)
FROM docs;
