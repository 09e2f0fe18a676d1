/** Statements in the forms that Flink's documentation shows, by the page that shows them; all are of the language. */
export const DOCUMENTED: readonly (readonly [page: string, text: string])[] = [
  [
    'create table',
    `CREATE TABLE Orders_in_kafka (
      id INT, \`user\` BIGINT, product STRING, order_time TIMESTAMP(3),
      record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', headers MAP<STRING NOT NULL, BYTES> METADATA, \`offset\` BIGINT METADATA VIRTUAL,
      price DOUBLE, quantity DOUBLE, cost AS price * quantity, nested ROW<\`day\` DATE, tags ARRAY<STRING>, at_time TIME(0)>,
      WATERMARK FOR order_time AS order_time - INTERVAL '5' SECOND, PRIMARY KEY (id) NOT ENFORCED
    ) COMMENT 'orders' PARTITIONED BY (product, id) WITH ('connector' = 'kafka', 'scan.startup.mode' = 'earliest-offset')`,
  ],
  [
    'create table like',
    `CREATE TABLE Orders_all WITH ('connector' = 'kafka') LIKE Orders_in_file (EXCLUDING ALL INCLUDING GENERATED OVERWRITING WATERMARKS)`,
  ],
  [
    'create view',
    `CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'x' AS SELECT id, \`user\` FROM Orders WHERE id > 0`,
  ],
  ['drop', 'DROP TEMPORARY TABLE IF EXISTS cat.db.t'],
  ['insert', `INSERT INTO students (name, grade) VALUES ('fred flintstone', 35), ('barney rubble', 32)`],
  ['insert', `EXECUTE INSERT INTO RubberOrders SELECT product, amount FROM Orders WHERE product LIKE '%Rubber%'`],
  [
    'statement set',
    `EXECUTE STATEMENT SET
     BEGIN
       INSERT INTO pageview SELECT page_id, count(1) FROM pageviews GROUP BY page_id;
       INSERT INTO uniqueview SELECT page_id, count(distinct user_id) FROM pageviews GROUP BY page_id;
     END`,
  ],
  [
    'explain',
    'EXPLAIN ESTIMATED_COST, CHANGELOG_MODE, PLAN_ADVICE, JSON_EXECUTION_PLAN SELECT `count`, word FROM MyTable1',
  ],
  [
    'explain',
    "EXPLAIN PLAN FOR SELECT `count`, word FROM MyTable1 WHERE word LIKE 'F%' UNION ALL SELECT `count`, word FROM MyTable2",
  ],
  ['show', "SHOW COLUMNS IN orders NOT LIKE 'a%'"],
  ['set', "SET 'table.local-time-zone' = 'Asia/Shanghai'"],
  [
    'values',
    "SELECT name, COUNT(*) AS cnt FROM (VALUES ('Bob'), ('Alice'), ('Greg'), ('Bob')) AS NameTable(name) GROUP BY name",
  ],
  [
    'with',
    'WITH orders_with_total AS (SELECT order_id, price + tax AS total FROM Orders) SELECT order_id, SUM(total) FROM orders_with_total GROUP BY order_id',
  ],
  ['distinct', 'SELECT DISTINCT id FROM Orders'],
  [
    'window table functions',
    "SELECT window_start, window_end, SUM(price) AS total_price FROM TABLE(TUMBLE(TABLE Bid, DESCRIPTOR(bidtime), INTERVAL '10' MINUTES, INTERVAL '1' MINUTES)) GROUP BY window_start, window_end",
  ],
  [
    'window table functions',
    "SELECT * FROM TABLE(HOP(DATA => TABLE Bid, TIMECOL => DESCRIPTOR(bidtime), SLIDE => INTERVAL '5' MINUTES, SIZE => INTERVAL '10' MINUTES))",
  ],
  [
    'window table functions',
    "SELECT * FROM TABLE(CUMULATE(TABLE Bid, DESCRIPTOR(bidtime), INTERVAL '2' MINUTES, INTERVAL '10' MINUTES))",
  ],
  [
    'window table functions',
    "SELECT * FROM TABLE(SESSION(TABLE Bid PARTITION BY item, DESCRIPTOR(bidtime), INTERVAL '5' MINUTES))",
  ],
  [
    'window table functions',
    "SELECT * FROM TABLE(SESSION(DATA => TABLE Bid PARTITION BY (item, price), TIMECOL => DESCRIPTOR(bidtime), GAP => INTERVAL '5' MINUTES))",
  ],
  [
    'window aggregation',
    "SELECT window_start, window_end, supplier_id, SUM(price) AS total_price FROM TABLE(TUMBLE(TABLE Bid, DESCRIPTOR(bidtime), INTERVAL '10' MINUTES)) GROUP BY window_start, window_end, GROUPING SETS ((supplier_id), ())",
  ],
  [
    'window aggregation',
    'SELECT supplier_id, rating, COUNT(*) AS total FROM Products GROUP BY CUBE (supplier_id, rating), ROLLUP (product_id) HAVING GROUPING(supplier_id) = 0',
  ],
  [
    'group window of the old kind',
    "SELECT `user`, TUMBLE_START(order_time, INTERVAL '1' DAY) AS wStart, SUM(amount) FROM Orders GROUP BY TUMBLE(order_time, INTERVAL '1' DAY), `user`",
  ],
  [
    'over',
    "SELECT order_id, SUM(amount) OVER (PARTITION BY product ORDER BY order_time RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) AS one_hour_prod_amount_sum FROM Orders",
  ],
  [
    'over',
    'SELECT SUM(amount) OVER w AS sum_amount, AVG(amount) OVER w AS avg_amount FROM Orders WINDOW w AS (PARTITION BY product ORDER BY order_time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)',
  ],
  ['joins', 'SELECT * FROM Orders INNER JOIN Product ON Orders.product_id = Product.id'],
  [
    'joins',
    "SELECT * FROM Orders o, Shipments s WHERE o.id = s.order_id AND o.order_time BETWEEN s.ship_time - INTERVAL '4' HOUR AND s.ship_time",
  ],
  [
    'joins',
    'SELECT orders.order_id, conversion_rate FROM orders LEFT JOIN currency_rates FOR SYSTEM_TIME AS OF orders.order_time ON orders.currency = currency_rates.currency',
  ],
  [
    'joins',
    'SELECT o.order_id, c.zip FROM Orders AS o JOIN Customers FOR SYSTEM_TIME AS OF o.proc_time AS c ON o.customer_id = c.id',
  ],
  [
    'joins',
    'SELECT order_id, unnested_name FROM Orders CROSS JOIN UNNEST(product_names) WITH ORDINALITY AS t (unnested_name, n)',
  ],
  ['joins', 'SELECT order_id, res FROM Orders LEFT OUTER JOIN LATERAL TABLE(table_func(order_id)) t(res) ON TRUE'],
  ['joins', 'SELECT o_amount, r_rate FROM Orders, LATERAL TABLE (Rates(o_proctime)) WHERE r_currency = o_currency'],
  [
    'window join',
    "SELECT L.num, R.num, COALESCE(L.window_start, R.window_start) FROM (SELECT * FROM TABLE(TUMBLE(TABLE LeftTable, DESCRIPTOR(row_time), INTERVAL '5' MINUTES))) L FULL JOIN (SELECT * FROM TABLE(TUMBLE(TABLE RightTable, DESCRIPTOR(row_time), INTERVAL '5' MINUTES))) R ON L.num = R.num AND L.window_start = R.window_start AND L.window_end = R.window_end",
  ],
  [
    'window join',
    "SELECT * FROM (SELECT * FROM TABLE(TUMBLE(TABLE LeftTable, DESCRIPTOR(row_time), INTERVAL '5' MINUTES))) L WHERE EXISTS (SELECT * FROM (SELECT * FROM R) R WHERE L.num = R.num AND L.window_start = R.window_start)",
  ],
  ['set operations', '(SELECT s FROM t1) UNION ALL (SELECT s FROM t2)'],
  ['set operations', '(SELECT s FROM t1) INTERSECT ALL (SELECT s FROM t2) EXCEPT (SELECT s FROM t3)'],
  ['set operations', 'SELECT `user`, amount FROM Orders WHERE product IN (SELECT product FROM NewProducts)'],
  ['order by and limit', 'SELECT * FROM Orders ORDER BY order_time, order_id DESC NULLS LAST LIMIT 3 OFFSET 1'],
  [
    'top-n',
    'SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY category ORDER BY sales DESC) AS row_num FROM ShopSales) WHERE row_num <= 5',
  ],
  [
    'deduplication',
    'SELECT order_id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY proctime ASC) AS row_num FROM Orders) WHERE row_num = 1',
  ],
  [
    'hints',
    "SELECT id, name FROM kafka_table1 /*+ OPTIONS('scan.startup.mode'='earliest-offset') */ t1 JOIN kafka_table2 /*+ OPTIONS('scan.startup.mode'='earliest-offset') */ t2 ON t1.id = t2.id",
  ],
  [
    'hints',
    "SELECT /*+ LOOKUP('table'='Customers', 'async'='true', 'output-mode'='allow_unordered', 'capacity'='100', 'timeout'='180s'), BROADCAST(t1, t2) */ o.order_id FROM Orders AS o",
  ],
  ['hints', "SELECT /*+ STATE_TTL('o' = '3d', 'c' = '12 d') */ o.a FROM Orders o JOIN c ON o.a = c.a"],
  [
    'functions',
    "SELECT JSON_VALUE('{\"contains blank\": \"right\"}', 'strict $.[''contains blank'']' NULL ON EMPTY DEFAULT 'wrong' ON ERROR), '{\"a\":1}' IS JSON OBJECT",
  ],
  [
    'functions',
    "SELECT JSON_QUERY('[\"c\"]', 'lax $' RETURNING ARRAY<STRING> WITH CONDITIONAL ARRAY WRAPPER EMPTY OBJECT ON EMPTY NULL ON ERROR)",
  ],
  [
    'functions',
    "SELECT JSON_OBJECT(KEY 'user' VALUE JSON_OBJECT('name' VALUE f0), 'a' VALUE JSON('{}') ABSENT ON NULL), JSON_ARRAY(1, JSON_ARRAY(2) NULL ON NULL), JSON_OBJECTAGG(KEY k VALUE v NULL ON NULL)",
  ],
  [
    'functions',
    "SELECT TIMESTAMPADD(WEEK, 1, DATE '2003-01-02'), TIMESTAMPDIFF(DAY, TIMESTAMP '2003-01-02 10:00:00', ts), EXTRACT(DAY FROM DATE '2006-06-05'), QUARTER(DATE '1994-09-27'), FLOOR(TIME '12:44:31' TO MINUTE), (TIME '2:55:00', INTERVAL '1' HOUR) OVERLAPS (TIME '3:30:00', INTERVAL '2' HOUR)",
  ],
  [
    'functions',
    "SELECT POSITION('b' IN s), TRIM(LEADING 'x' FROM s), OVERLAY('xxxxxtest' PLACING 'xxxx' FROM 6 FOR 2), SUBSTRING(s FROM 2 FOR 3), CHAR_LENGTH(s), UPPER(s) || LOWER(s), s SIMILAR TO '[a-z]%' ESCAPE '!'",
  ],
  [
    'functions',
    "SELECT CARDINALITY(arr), arr[1], mp['k'], ELEMENT(arr), ARRAY[1, 2], MAP['a', 1], ROW(1, 'x').f0, tbl.col.nested[2].field, IF(a, b, c), NULLIF(a, b), a IS NOT DISTINCT FROM b",
  ],
  [
    'functions',
    "SELECT LISTAGG(DISTINCT name, ';') FILTER (WHERE age > 3), FIRST_VALUE(a) IGNORE NULLS, LAG(x, 1, 0) OVER (ORDER BY ts), CURRENT_TIMESTAMP, LOCALTIME, CURRENT_DATE, NOW(), PROCTIME(), UUID()",
  ],
  [
    'data types',
    "SELECT CAST(a AS DECIMAL), TRY_CAST('x' AS INT), CAST(b AS ROW<f INT NOT NULL, g CHAR(3) 'text'>), CAST(c AS MULTISET<INT>), CAST(d AS TIMESTAMP(9) WITHOUT TIME ZONE), CAST(e AS INTERVAL DAY TO SECOND(3)), INTERVAL '10 00:00:00.004' DAY TO SECOND, INTERVAL '2-10' YEAR TO MONTH",
  ],
];
