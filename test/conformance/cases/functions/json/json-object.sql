-- JSON_OBJECT over ordinary values, limits and NULLs.
-- covers: JSON_OBJECT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_OBJECT(),
  JSON_OBJECT('a' VALUE n, 'b' VALUE s),
  JSON_OBJECT(KEY 'k' VALUE s ABSENT ON NULL),
  JSON_OBJECT('x' VALUE s NULL ON NULL),
  JSON_OBJECT('o' VALUE JSON_OBJECT('n' VALUE n)),
  JSON_OBJECT('b' VALUE TRUE, 'd' VALUE 1.50, 'a' VALUE JSON_ARRAY(1, 's'))
FROM strs;
