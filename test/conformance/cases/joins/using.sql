-- USING names the columns that both have.
-- covers: JOIN USING
-- input orders:
--   {"id": 1, "customer": "ann", "kind": "book", "price": 10.5, "qty": 1, "ts": "2024-03-10 10:00:00"}
--   {"id": 2, "customer": "bob", "kind": "book", "price": 3.25, "qty": 2, "ts": "2024-03-10 10:00:03"}
--   {"id": 3, "customer": "ann", "kind": "pen", "price": 1.0, "qty": 10, "ts": "2024-03-10 10:00:05"}
--   {"id": 4, "customer": null, "kind": "pen", "price": null, "qty": 1, "ts": "2024-03-10 10:00:09"}
--   {"id": 5, "customer": "cid", "kind": "book", "price": 99.99, "qty": null, "ts": "2024-03-10 10:00:12"}
--   {"id": 6, "customer": "ann", "kind": null, "price": 7.0, "qty": 3, "ts": "2024-03-10 10:00:11"}
--   {"id": 7, "customer": "bob", "kind": "pen", "price": 1.0, "qty": 5, "ts": "2024-03-10 10:00:21"}
--   {"id": 8, "customer": "bob", "kind": "book", "price": 3.25, "qty": 2, "ts": "2024-03-10 10:00:33"}
--   {"id": 9, "customer": "ann", "kind": "book", "price": 10.5, "qty": 1, "ts": "2024-03-10 10:01:00"}
-- input customers:
--   {"name": "ann", "city": "Beijing", "since": "2024-03-10 09:59:58"}
--   {"name": "bob", "city": null, "since": "2024-03-10 10:00:04"}
--   {"name": "dora", "city": "Tianjin", "since": "2024-03-10 10:00:20"}
--   {"name": null, "city": "Nowhere", "since": "2024-03-10 10:00:30"}
--   {"name": "ann", "city": "Shanghai", "since": "2024-03-10 10:00:40"}
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE customers (
  name STRING, city STRING, since TIMESTAMP(3), WATERMARK FOR since AS since
) WITH ('connector' = 'conformance');
SELECT name, n, city FROM (SELECT customer AS name, id AS n FROM orders) JOIN customers USING (name);
