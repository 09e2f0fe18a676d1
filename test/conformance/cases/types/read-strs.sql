-- Every type as it is read from JSON and printed.
-- covers: types, json
-- input strs from ../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT * FROM strs;
