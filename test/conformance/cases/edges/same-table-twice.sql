-- Two tables of one FROM have two names.
-- covers: FROM, aliases
-- expect: error
-- input a:
--   {"id": 1}
CREATE TABLE a (id INT) WITH ('connector' = 'conformance');
SELECT * FROM a, a;
