-- JSON_QUERY ... ON EMPTY, ON ERROR over ordinary values, limits and NULLs.
-- covers: JSON_QUERY ... ON EMPTY, ON ERROR
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_QUERY(j, 'lax $.zzz' EMPTY ARRAY ON EMPTY),
  JSON_QUERY(j, 'lax $.zzz' EMPTY OBJECT ON EMPTY),
  JSON_QUERY(j, 'strict $.zzz' EMPTY ARRAY ON ERROR),
  JSON_QUERY(j, 'strict $.zzz' NULL ON ERROR),
  JSON_QUERY(j, '$.a' EMPTY OBJECT ON ERROR)
FROM docs;
