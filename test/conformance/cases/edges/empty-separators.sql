-- LOCATE of an empty text is 1; SPLIT_INDEX without a separator splits at each white space.
-- covers: LOCATE, SPLIT_INDEX
-- input e:
--   {"id": 1, "s": "a bc d"}
--   {"id": 2, "s": " x  y "}
--   {"id": 3, "s": ""}
--   {"id": 4}
CREATE TABLE e (id INT, s STRING) WITH ('connector' = 'conformance');
SELECT id, LOCATE('', s), LOCATE('', s, 3), SPLIT_INDEX(s, '', 0), SPLIT_INDEX(s, '', 1), SPLIT_INDEX(s, '', 2), SPLIT_INDEX(s, '', 9) FROM e;
