-- IS_DECIMAL over ordinary values, limits and NULLs.
-- covers: IS_DECIMAL
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  IS_DECIMAL(s),
  IS_DECIMAL(c),
  IS_DECIMAL('1.5e3'),
  IS_DECIMAL('-2')
FROM strs;
