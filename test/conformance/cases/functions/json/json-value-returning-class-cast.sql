-- JSON_VALUE ... RETURNING DOUBLE of a whole number fails in Flink 2.2.
-- covers: JSON_VALUE ... RETURNING
-- expect: error
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_VALUE(j, '$.a' RETURNING DOUBLE)
FROM docs;
