-- A window function over a changelog, without an aggregate.
-- covers: debezium-json, TUMBLE
-- input items:
--   {"before":null,"after":{"id":1,"kind":"a","price":5,"ts":"2024-03-10 10:00:01"},"op":"c"}
--   {"before":null,"after":{"id":2,"kind":"b","price":7,"ts":"2024-03-10 10:00:02"},"op":"c"}
--   {"before":{"id":1,"kind":"a","price":5,"ts":"2024-03-10 10:00:01"},"after":{"id":1,"kind":"b","price":6,"ts":"2024-03-10 10:00:03"},"op":"u"}
--   {"before":null,"after":{"id":3,"kind":"a","price":2,"ts":"2024-03-10 10:00:04"},"op":"c"}
--   {"before":{"id":3,"kind":"a","price":2,"ts":"2024-03-10 10:00:04"},"after":null,"op":"d"}
--   {"before":null,"after":{"id":4,"kind":"a","price":9,"ts":"2024-03-10 10:00:12"},"op":"c"}
--   {"before":{"id":2,"kind":"b","price":7,"ts":"2024-03-10 10:00:02"},"after":{"id":2,"kind":"b","price":8,"ts":"2024-03-10 10:00:14"},"op":"u"}
--   {"before":null,"after":{"id":5,"kind":"b","price":1,"ts":"2024-03-10 10:00:15"},"op":"c"}
--   {"before":{"id":5,"kind":"b","price":1,"ts":"2024-03-10 10:00:15"},"after":{"id":5,"kind":"b","price":3,"ts":"2024-03-10 10:00:16"},"op":"u"}
--   {"before":null,"after":{"id":6,"kind":"a","price":4,"ts":"2024-03-10 10:00:31"},"op":"c"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT id, price, window_start FROM TUMBLE(TABLE items, DESCRIPTOR(ts), INTERVAL '10' SECOND);
