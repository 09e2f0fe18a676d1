-- INITCAP over ordinary values, limits and NULLs.
-- covers: INITCAP
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  INITCAP(s),
  INITCAP('the qUICK-brown fox2go')
FROM strs;
