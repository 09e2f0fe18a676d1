-- Rows that are only added are not deduplicated.
-- covers: cdc-events-duplicate, json
-- input items:
--   {"id":1,"kind":"a","price":1}
--   {"id":1,"kind":"a","price":1}
SET 'table.exec.source.cdc-events-duplicate' = 'true';
CREATE TABLE items (id INT, kind STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance');
SELECT COUNT(*) FROM items;
