-- JSON_VALUE ... RETURNING over ordinary values, limits and NULLs.
-- covers: JSON_VALUE ... RETURNING
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_VALUE(j, '$.a' RETURNING INTEGER NULL ON ERROR),
  JSON_VALUE(j, '$.a' RETURNING STRING)
FROM docs WHERE id IN (1, 2, 5);
