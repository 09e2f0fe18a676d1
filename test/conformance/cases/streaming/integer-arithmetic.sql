-- Division, remainder and their types.
-- covers: arithmetic, types
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, qty / 3 AS a, qty / 3.0 AS b, MOD(qty, 3) AS c, -qty AS d, price / 3 AS e, price * price AS f, CAST(price AS INT) AS g, CAST(qty AS DECIMAL(5, 2)) / 7 AS h, ROUND(price / 7, 3) AS i, 10 % 4 AS j, POWER(qty, 2) AS k, CAST(1 AS TINYINT) + qty AS l FROM sales;
