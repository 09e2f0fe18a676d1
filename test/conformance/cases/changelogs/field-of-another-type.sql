-- A field that is not of its column's type fails the job.
-- covers: debezium-json, bad records
-- expect: error
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":"x","kind":"a","price":1},"op":"c"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT * FROM items;
