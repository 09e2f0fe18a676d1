-- Without a primary key changes cannot be told apart.
-- covers: cdc-events-duplicate
-- expect: error
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":2,"kind":"a","price":7.5},"op":"c"}
--   {"before":{"id":1,"kind":"a","price":5},"after":{"id":1,"kind":"b","price":6},"op":"u"}
--   {"before":{"id":1,"kind":"a","price":5},"after":{"id":1,"kind":"b","price":6},"op":"u"}
--   {"before":{"id":2,"kind":"a","price":7.5},"after":null,"op":"d"}
--   {"before":{"id":2,"kind":"a","price":7.5},"after":null,"op":"d"}
--   {"before":{"id":99,"kind":"a","price":1},"after":null,"op":"d"}
--   {"before":null,"after":{"id":2,"kind":"a","price":7.5},"op":"c"}
--   {"before":null,"after":{"id":4,"kind":null,"price":null},"op":"c"}
SET 'table.exec.source.cdc-events-duplicate' = 'true';
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2)) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT COUNT(*) FROM items;
