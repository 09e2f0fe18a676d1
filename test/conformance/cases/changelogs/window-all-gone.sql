-- A window whose rows are all taken back has no result.
-- covers: debezium-json, TUMBLE
-- input items:
--   {"before":null,"after":{"id":3,"kind":"a","price":2,"ts":"2024-03-10 10:00:04"},"op":"c"}
--   {"before":{"id":3,"kind":"a","price":2,"ts":"2024-03-10 10:00:04"},"after":null,"op":"d"}
--   {"before":null,"after":{"id":4,"kind":"a","price":9,"ts":"2024-03-10 10:00:12"},"op":"c"}
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE items, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
