-- SIMILAR TO, NOT SIMILAR TO over ordinary values, limits and NULLs.
-- covers: SIMILAR TO, NOT SIMILAR TO
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  s SIMILAR TO 'Hello( )World',
  s SIMILAR TO '%(X|o)%',
  s SIMILAR TO '[a-z]+',
  s NOT SIMILAR TO '%X%'
FROM strs;
