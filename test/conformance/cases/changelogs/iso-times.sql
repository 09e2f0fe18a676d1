-- Times as ISO 8601.
-- covers: debezium-json, timestamp-format
-- input items:
--   {"before":null,"after":{"id":1,"ts":"2024-02-29T12:34:56.789","tz":"2024-02-29T12:34:56Z"},"op":"c"}
CREATE TABLE items (id INT, ts TIMESTAMP(3), tz TIMESTAMP_LTZ(3)) WITH ('connector' = 'conformance', 'format' = 'debezium-json', 'debezium-json.timestamp-format.standard' = 'ISO-8601');
SELECT * FROM items;
