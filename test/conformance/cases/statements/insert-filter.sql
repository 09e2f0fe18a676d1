-- INSERT INTO writes what SELECT finds, cast to the sink's columns.
-- covers: INSERT INTO, filter, projection
-- input orders:
--   {"id": 1, "note": "first", "price": 10.50}
--   {"id": 2, "note": null, "price": 0.99}
--   {"id": 3, "note": "third", "price": null}
CREATE TABLE orders (id INT, note STRING, price DECIMAL(10, 2)) WITH ('connector' = 'conformance');
CREATE TABLE copies (id BIGINT, note STRING, price DECIMAL(12, 3)) WITH ('connector' = 'conformance');
INSERT INTO copies SELECT id, UPPER(note), price FROM orders WHERE price > 1 OR price IS NULL;
