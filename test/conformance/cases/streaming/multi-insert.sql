-- Two tables from one view.
-- covers: EXECUTE STATEMENT SET, CREATE VIEW
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE big (id INT, total DECIMAL(12, 2)) WITH ('connector' = 'conformance');
CREATE TABLE per_product (product STRING, n BIGINT) WITH ('connector' = 'conformance');
CREATE VIEW lines_ AS SELECT id, product, qty * price AS total FROM sales WHERE qty > 0;
EXECUTE STATEMENT SET BEGIN
  INSERT INTO big SELECT id, CAST(total AS DECIMAL(12, 2)) FROM lines_ WHERE total > 6;
  INSERT INTO per_product SELECT product, COUNT(*) FROM lines_ GROUP BY product;
END;
