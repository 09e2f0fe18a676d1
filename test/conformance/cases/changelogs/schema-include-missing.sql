-- With schema-include a message without payload fails the job.
-- covers: debezium-json, schema-include
-- expect: error
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json', 'debezium-json.schema-include' = 'true');
SELECT * FROM items;
