-- A UNION ALL with a changelog.
-- covers: debezium-json, UNION ALL
-- key: id
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5.00},"op":"c"}
--   {"before":null,"after":{"id":2,"kind":"a","price":7.50},"op":"c"}
--   {"before":null,"after":{"id":3,"kind":"b","price":1},"op":"r"}
--   {"before":{"id":1,"kind":"a","price":5.00},"after":{"id":1,"kind":"b","price":6.00},"op":"u"}
--   {"before":{"id":2,"kind":"a","price":7.50},"after":null,"op":"d"}
--   {"before":null,"after":{"id":4,"kind":null,"price":null},"op":"c"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT id FROM items WHERE price > 5 UNION ALL SELECT id + 10 FROM items WHERE kind = 'b';
