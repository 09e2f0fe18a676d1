-- A changelog without a primary key: equal rows are counted.
-- covers: debezium-json, without a key
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":2,"kind":"a","price":7.5},"op":"c"}
--   {"before":null,"after":{"id":3,"kind":"b","price":1},"op":"r"}
--   {"before":{"id":1,"kind":"a","price":5},"after":{"id":1,"kind":"b","price":6},"op":"u"}
--   {"before":{"id":2,"kind":"a","price":7.5},"after":null,"op":"d"}
--   {"before":null,"after":{"id":4,"kind":null,"price":null},"op":"c"}
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":{"id":1,"kind":"a","price":5},"after":null,"op":"d"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2)) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT id, kind, price, COUNT(*) AS n FROM items GROUP BY id, kind, price;
