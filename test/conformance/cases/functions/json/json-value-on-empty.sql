-- JSON_VALUE ... ON EMPTY, ON ERROR over ordinary values, limits and NULLs.
-- covers: JSON_VALUE ... ON EMPTY, ON ERROR
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_VALUE(j, 'lax $.zzz' DEFAULT 'empty' ON EMPTY),
  JSON_VALUE(j, 'strict $.zzz' DEFAULT 'error' ON ERROR),
  JSON_VALUE(j, 'lax $.b' DEFAULT 'e' ON EMPTY DEFAULT 'x' ON ERROR),
  JSON_VALUE(j, 'lax $.zzz' NULL ON EMPTY NULL ON ERROR)
FROM docs;
