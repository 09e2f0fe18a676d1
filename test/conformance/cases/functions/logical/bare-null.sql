-- NULL without a type is refused where no type can be found for it.
-- covers: NULL
-- expect: error
-- input bools from ../../rows/bools.ndjson
CREATE TABLE bools (id INT, p BOOLEAN, q BOOLEAN) WITH ('connector' = 'conformance');
SELECT
  id,
  p AND NULL
FROM bools;
