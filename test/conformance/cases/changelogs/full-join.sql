-- A FULL JOIN of two changelogs.
-- covers: debezium-json, FULL JOIN
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":2,"kind":"a","price":7.5},"op":"c"}
--   {"before":null,"after":{"id":3,"kind":"b","price":1},"op":"r"}
--   {"before":{"id":1,"kind":"a","price":5},"after":{"id":1,"kind":"b","price":6},"op":"u"}
--   {"before":{"id":2,"kind":"a","price":7.5},"after":null,"op":"d"}
--   {"before":null,"after":{"id":4,"kind":null,"price":null},"op":"c"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT a.id, b.id AS other FROM items AS a FULL JOIN items AS b ON a.kind = b.kind AND a.id > b.id;
