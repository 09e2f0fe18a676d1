-- ISO-8601 timestamps, when the format says so.
-- covers: json.timestamp-format.standard
-- input t:
--   {"a": "2024-02-29T12:34:56.789", "z": "2024-02-29T12:34:56.789Z"}
CREATE TABLE t (a TIMESTAMP(3), z TIMESTAMP_LTZ(3)) WITH ('connector' = 'conformance', 'json.timestamp-format.standard' = 'ISO-8601');
SELECT * FROM t;
