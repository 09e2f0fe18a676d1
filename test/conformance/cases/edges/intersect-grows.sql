-- A row that both sides have only later.
-- covers: INTERSECT
-- input a:
--   {"k": "a"}
--   {"k": "b"}
--   {"k": null}
--   {"k": "a"}
-- input b:
--   {"k": "b"}
--   {"k": "b"}
--   {"k": null}
--   {"k": "z"}
CREATE TABLE a (k STRING) WITH ('connector' = 'conformance');
CREATE TABLE b (k STRING) WITH ('connector' = 'conformance');
SELECT k FROM a INTERSECT SELECT k FROM b;
