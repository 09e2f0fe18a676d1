-- IS JSON over ordinary values, limits and NULLs.
-- covers: IS JSON
-- input docs from ../../rows/docs.ndjson
CREATE TABLE docs (id INT, j STRING) WITH ('connector' = 'conformance');
SELECT
  id,
  j IS JSON,
  j IS NOT JSON,
  j IS JSON VALUE,
  j IS JSON SCALAR,
  j IS JSON ARRAY,
  j IS JSON OBJECT,
  j IS NOT JSON OBJECT
FROM docs WHERE j IS NOT NULL;
