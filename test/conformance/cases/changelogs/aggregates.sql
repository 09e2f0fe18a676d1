-- Aggregates that take rows back.
-- covers: debezium-json, retraction
-- key: kind
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":2,"kind":"a","price":7.5},"op":"c"}
--   {"before":null,"after":{"id":3,"kind":"b","price":1},"op":"r"}
--   {"before":{"id":1,"kind":"a","price":5},"after":{"id":1,"kind":"b","price":6},"op":"u"}
--   {"before":{"id":2,"kind":"a","price":7.5},"after":null,"op":"d"}
--   {"before":null,"after":{"id":4,"kind":null,"price":null},"op":"c"}
--   {"before":{"id":3,"kind":"b","price":1},"after":{"id":3,"kind":"b","price":9.25},"op":"u"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT kind, AVG(price) AS a, MIN(id) AS lo, MAX(id) AS hi, COUNT(DISTINCT price) AS d, LISTAGG(CAST(id AS STRING)) AS l, FIRST_VALUE(id) AS f, LAST_VALUE(id) AS g, STDDEV_POP(price) AS s FROM items GROUP BY kind;
