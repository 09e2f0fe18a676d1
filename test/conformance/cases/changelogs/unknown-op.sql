-- An op that is none of c, r, u, d fails the job.
-- covers: debezium-json, bad records
-- expect: error
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5},"op":"c"}
--   {"before":null,"after":{"id":8,"kind":"a","price":1},"op":"x"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT * FROM items;
