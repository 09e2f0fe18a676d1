-- The parts of an empty text, and of one that is the separator.
-- covers: SPLIT, ARRAY_POSITION
-- input t:
--   {"s": ""}
--   {"s": "X"}
--   {"s": "aXb"}
--   {"s": null}
CREATE TABLE t (s STRING) WITH ('connector' = 'conformance');
SELECT s, SPLIT(s, 'X'), SPLIT(s, 'X')[1], ARRAY_POSITION(SPLIT(s, 'X'), ''), CARDINALITY(SPLIT(s, '')) FROM t;
