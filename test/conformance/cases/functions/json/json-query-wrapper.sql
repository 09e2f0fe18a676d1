-- JSON_QUERY ... WRAPPER over ordinary values, limits and NULLs.
-- covers: JSON_QUERY ... WRAPPER
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_QUERY(j, '$.a' WITH WRAPPER),
  JSON_QUERY(j, '$.b' WITH CONDITIONAL WRAPPER),
  JSON_QUERY(j, '$.b.d' WITH UNCONDITIONAL WRAPPER),
  JSON_QUERY(j, '$.a' WITHOUT WRAPPER),
  JSON_QUERY(j, '$.b.d[*]' WITH WRAPPER)
FROM docs;
