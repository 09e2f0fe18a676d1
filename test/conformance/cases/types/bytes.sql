-- BYTES come as Base64 in JSON.
-- covers: BYTES, VARBINARY, json
-- input t:
--   {"id": 1, "b": "aGVsbG8=", "v": "AAH/"}
--   {"id": 2, "b": "", "v": null}
CREATE TABLE t (id INT, b BYTES, v VARBINARY(4)) WITH ('connector' = 'conformance');
SELECT id, b, v, CAST(b AS STRING) FROM t;
