-- A versioned table joined with itself.
-- covers: temporal join, FOR SYSTEM_TIME AS OF
-- input rates:
--   {"before":null,"after":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"op":"c"}
--   {"before":null,"after":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06"},"op":"c"}
--   {"before":{"kind":"book","rate":1.5,"since":"2024-03-10 10:00:00"},"after":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10"},"op":"u"}
--   {"before":{"kind":"pen","rate":2,"since":"2024-03-10 10:00:06"},"after":{"kind":"pen","rate":null,"since":"2024-03-10 10:00:20"},"op":"u"}
--   {"before":{"kind":"book","rate":1.75,"since":"2024-03-10 10:00:10"},"after":{"kind":"book","rate":2.5,"since":"2024-03-10 10:00:30"},"op":"u"}
--   {"before":null,"after":{"kind":"ink","rate":9,"since":"2024-03-10 10:00:40"},"op":"c"}
CREATE TABLE rates (kind STRING, rate DECIMAL(5, 2), since TIMESTAMP(3), WATERMARK FOR since AS since, PRIMARY KEY (kind) NOT ENFORCED) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT a.kind, a.rate, b.rate AS other FROM rates AS a JOIN rates FOR SYSTEM_TIME AS OF a.since AS b ON a.kind = b.kind;
