-- ERROR ON EMPTY fails the job when the path finds nothing.
-- covers: JSON_VALUE ... ERROR ON EMPTY
-- expect: error
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_VALUE(j, 'lax $.zzz' ERROR ON EMPTY)
FROM docs;
