-- UNNEST over a changelog.
-- covers: debezium-json, UNNEST
-- input items:
--   {"before":null,"after":{"id":1,"tags":["a","b"]},"op":"c"}
--   {"before":{"id":1,"tags":["a","b"]},"after":{"id":1,"tags":["b","c"]},"op":"u"}
--   {"before":null,"after":{"id":2,"tags":null},"op":"c"}
CREATE TABLE items (id INT, tags ARRAY<STRING>, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT id, tag FROM items CROSS JOIN UNNEST(tags) AS t (tag);
