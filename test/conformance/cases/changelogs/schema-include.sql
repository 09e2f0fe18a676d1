-- Messages of Kafka Connect with their schema: the change is in payload.
-- covers: debezium-json, schema-include
-- key: id
-- input items:
--   {"schema":{"type":"struct"},"payload":{"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}}
--   {"schema":{"type":"struct"},"payload":{"before":null,"after":{"id":2,"kind":"a","price":7.5},"op":"c"}}
--   {"schema":{"type":"struct"},"payload":{"before":null,"after":{"id":3,"kind":"b","price":1},"op":"r"}}
--   {"schema":{"type":"struct"},"payload":{"before":{"id":1,"kind":"a","price":5},"after":{"id":1,"kind":"b","price":6},"op":"u"}}
--   {"schema":{"type":"struct"},"payload":{"before":{"id":2,"kind":"a","price":7.5},"after":null,"op":"d"}}
--   {"schema":{"type":"struct"},"payload":{"before":null,"after":{"id":4,"kind":null,"price":null},"op":"c"}}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json', 'debezium-json.schema-include' = 'true');
SELECT * FROM items;
