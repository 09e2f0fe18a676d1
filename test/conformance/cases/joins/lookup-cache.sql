-- A cache changes no answer.
-- covers: lookup join, lookup.cache, FOR SYSTEM_TIME AS OF
-- input orders:
--   {"id": 1, "customer": "ann", "price": 10.5}
--   {"id": 2, "customer": "bob", "price": 3.25}
--   {"id": 3, "customer": "nobody", "price": 1}
--   {"id": 4, "customer": null, "price": 2}
--   {"id": 5, "customer": "ann", "price": null}
-- input customers:
--   {"name": "ann", "city": "Beijing", "level": 3, "since": "2024-01-01 00:00:00"}
--   {"name": "bob", "city": null, "level": 1, "since": null}
--   {"name": "cid", "city": "Tianjin", "level": 2, "since": "2024-02-29 12:34:56.789"}
CREATE TABLE orders (id INT, customer STRING, price DECIMAL(10, 2), pt AS PROCTIME()) WITH ('connector' = 'conformance');
CREATE TABLE customers (name STRING, city STRING, level INT, since TIMESTAMP(3), PRIMARY KEY (name) NOT ENFORCED) WITH ('connector' = 'conformance-lookup', 'lookup.cache' = 'PARTIAL', 'lookup.partial-cache.max-rows' = '2', 'lookup.partial-cache.expire-after-write' = '1 h', 'lookup.partial-cache.cache-missing-key' = 'true');
SELECT o.id, c.city FROM orders AS o LEFT JOIN customers FOR SYSTEM_TIME AS OF o.pt AS c ON o.customer = c.name;
