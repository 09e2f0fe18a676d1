-- Views of views, with columns named anew.
-- covers: CREATE VIEW, column list
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE VIEW paid (order_id, who, amount, at_) AS SELECT id, customer, qty * price, ts FROM sales WHERE status = 'paid';
CREATE VIEW big AS SELECT who, amount FROM paid WHERE amount > 5;
SELECT UPPER(who) AS who, CAST(amount AS INT) AS amount FROM big;
