-- A left side whose rows change.
-- covers: temporal join, FOR SYSTEM_TIME AS OF
-- key: id
-- input rates:
--   {"before":null,"after":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"op":"c"}
--   {"before":null,"after":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06"},"op":"c"}
--   {"before":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"after":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10"},"op":"u"}
--   {"before":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06"},"after":{"kind":"pen","rate":null,"since":"2024-03-10 10:00:20"},"op":"u"}
--   {"before":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10"},"after":{"kind":"book","rate":2.5,"since":"2024-03-10 10:00:30"},"op":"u"}
--   {"before":null,"after":{"kind":"ink","rate":9,"since":"2024-03-10 10:00:40"},"op":"c"}
-- input orders:
--   {"before":null,"after":{"id":1,"kind":"book","qty":1,"ts":"2024-03-10 10:00:05"},"op":"c"}
--   {"before":{"id":1,"kind":"book","qty":1,"ts":"2024-03-10 10:00:05"},"after":{"id":1,"kind":"book","qty":2,"ts":"2024-03-10 10:00:12"},"op":"u"}
--   {"before":null,"after":{"id":2,"kind":"pen","qty":1,"ts":"2024-03-10 10:00:21"},"op":"c"}
--   {"before":{"id":2,"kind":"pen","qty":1,"ts":"2024-03-10 10:00:21"},"after":null,"op":"d"}
--   {"before":null,"after":{"id":3,"kind":"pen","qty":1,"ts":"2024-03-10 10:00:22"},"op":"c"}
CREATE TABLE orders (id INT, kind STRING, qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
CREATE TABLE rates (kind STRING, rate DECIMAL(5, 2), since TIMESTAMP(3), WATERMARK FOR since AS since, PRIMARY KEY (kind) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT o.id, o.qty, r.rate FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.kind = r.kind;
