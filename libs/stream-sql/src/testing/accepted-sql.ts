/** Texts and their trees as `treeText` prints them. How operators bind is what Flink 2.2's own parser makes of these texts. */
export const PRECEDENCES: readonly (readonly [text: string, tree: string])[] = [
  ['a OR b AND c', '(OR a (AND b c))'],
  ['NOT a AND NOT b', '(AND (NOT a) (NOT b))'],
  ['NOT NOT a', '(NOT (NOT a))'],
  ['a = b OR c <> d AND e', '(OR (= a b) (AND (<> c d) e))'],
  ['a < b = (c >= d)', '(= (< a b) (>= c d))'],
  ['a + b < c * d', '(< (+ a b) (* c d))'],
  ['a - b - c', '(- (- a b) c)'],
  ['(a - b) DAY > c', '(> (time-difference :left a :right b :qualifier {:from DAY}) c)'],
  ['(a - (b - c)) DAY TO SECOND', '(time-difference :left a :right (- b c) :qualifier {:from DAY :to SECOND})'],
  ['a / b * c', '(* (/ a b) c)'],
  ['- - a', '(- (- a))'],
  ['-a * -b', '(* (- a) (- b))'],
  ['a - -b', '(- a (- b))'],
  ['a = -1', '(= a (- 1))'],
  ['a || b || c = d', '(= (|| (|| a b) c) d)'],
  ['a + b || c', '(+ a (|| b c))'],
  ['a IS NULL IS NOT TRUE', '(is :what TRUE :negated :operand (is :what NULL :operand a))'],
  ['a IS NOT UNKNOWN OR b IS FALSE', '(OR (is :what UNKNOWN :negated :operand a) (is :what FALSE :operand b))'],
  ['a <> b IS TRUE', '(is :what TRUE :operand (<> a b))'],
  ['a IN (1) = TRUE', '(= (in :operand a :list [1]) TRUE)'],
  ['a = b IN (1, 2)', '(= a (in :operand b :list [1 2]))'],
  [
    'a LIKE b AND c LIKE d',
    '(AND (like :operator LIKE :operand a :pattern b) (like :operator LIKE :operand c :pattern d))',
  ],
  ['a SIMILAR TO b ESCAPE c || d', '(like :operator SIMILAR TO :operand a :pattern b :escape (|| c d))'],
  ['a NOT LIKE b OR c', '(OR (like :operator LIKE :negated :operand a :pattern b) c)'],
  ['a BETWEEN b + 1 AND c * 2 + 1', '(between :operand a :low (+ b 1) :high (+ (* c 2) 1))'],
  ['a BETWEEN 1 AND 2 BETWEEN 3 AND 4', '(between :operand (between :operand a :low 1 :high 2) :low 3 :high 4)'],
  ['a BETWEEN (b OR c) AND d', '(between :operand a :low (OR b c) :high d)'],
  ['NOT a BETWEEN 1 AND 2', '(NOT (between :operand a :low 1 :high 2))'],
  ['NOT a IN (1)', '(NOT (in :operand a :list [1]))'],
  ['a IS DISTINCT FROM b AND c', '(AND (distinct-from :left a :right b) c)'],
  [
    'a = ALL (SELECT 1) AND b',
    '(AND (quantified :operator = :quantifier ALL :operand a :right (query :query (select :items [1]))) b)',
  ],
  ['-a IS NULL', '(is :what NULL :operand (- a))'],
  ['a[1][2]', '(item :of (item :of a :index 1) :index 2)'],
  ['(a + b)[1]', '(item :of (+ a b) :index 1)'],
  ['(a, b) = (1, 2)', '(= (row :fields [a b]) (row :fields [1 2]))'],
  ['((a))', 'a'],
  ['a + (b + c)', '(+ a (+ b c))'],
  ['(NOT a) = b', '(= (NOT a) b)'],
  ['a = b > ALL (1, 2)', '(= a (quantified :operator > :quantifier ALL :operand b :right (list :list [1 2])))'],
];

export const EXPRESSIONS: readonly (readonly [text: string, tree: string])[] = [
  ['1 + 2 * 3 - 4', '(- (+ 1 (* 2 3)) 4)'],
  ['a || b * c || d', '(|| (* (|| a b) c) d)'],
  ['-a + b', '(+ (- a) b)'],
  ['- a[1].b', '(- (field :of (item :of a :index 1) :name b))'],
  ['a = b IS NULL', '(is :what NULL :operand (= a b))'],
  ['NOT a = b AND c OR d', '(OR (AND (NOT (= a b)) c) d)'],
  ['a BETWEEN 1 AND 2 AND b', '(AND (between :operand a :low 1 :high 2) b)'],
  ['a NOT BETWEEN SYMMETRIC x + 1 AND y OR z', '(OR (between :negated :symmetric :operand a :low (+ x 1) :high y) z)'],
  ["a LIKE 'x' || y ESCAPE '!' = TRUE", "(= (like :operator LIKE :operand a :pattern (|| 'x' y) :escape '!') TRUE)"],
  [
    'a IN (1, 2) AND b NOT IN (SELECT x FROM t)',
    '(AND (in :operand a :list [1 2]) (in-query :negated :operand b :query (select :items [x] :from (table :name t))))',
  ],
  ['a = b = c', '(= (= a b) c)'],
  ['a IS NOT DISTINCT FROM b + 1', '(distinct-from :negated :left a :right (+ b 1))'],
  ['a IS JSON OBJECT', '(is :what JSON OBJECT :operand a)'],
  ["CASE a WHEN 1, 2 THEN 'x' ELSE NULL END", "(case :operand a :whens [{:when [1 2] :then 'x'}] :otherwise NULL)"],
  ['CASE WHEN a > 1 THEN b END', '(case :whens [{:when [(> a 1)] :then b}])'],
  [
    'TRY_CAST(a AS ROW<b DECIMAL(10, 2) NOT NULL, c ARRAY<STRING>>)',
    '(cast :safe :operand a :type {:name ROW :fields [{:name b :type {:name DECIMAL :parameters [10 2]}} {:name c :type {:name ARRAY :arguments [{:name STRING :nullable}] :nullable}}] :nullable})',
  ],
  [
    'CAST(a AS ARRAY<INT NOT NULL> MULTISET)',
    '(cast :operand a :type {:name MULTISET :arguments [{:name ARRAY :arguments [{:name INT}] :nullable}] :nullable})',
  ],
  [
    'CAST(a AS TIMESTAMP(3) WITH LOCAL TIME ZONE)',
    '(cast :operand a :type {:name TIMESTAMP WITH LOCAL TIME ZONE :parameters [3] :nullable})',
  ],
  [
    'CAST(a AS INTERVAL DAY(3) TO SECOND(6))',
    '(cast :operand a :type {:name INTERVAL DAY TO SECOND :parameters [3 6] :interval {:from DAY :precision 3 :to SECOND :fraction 6} :nullable})',
  ],
  ['CAST(a AS DOUBLE PRECISION)', '(cast :operand a :type {:name DOUBLE PRECISION :nullable})'],
  ['CAST(a AS com.foo.Bar)', '(cast :operand a :type {:name com.foo.Bar :path com.foo.Bar :nullable})'],
  ['EXTRACT(YEAR FROM ts)', '(EXTRACT #YEAR ts)'],
  ["TRIM(BOTH 'x' FROM y)", "(TRIM #BOTH 'x' y)"],
  ['TRIM(y)', '(TRIM y)'],
  ['TRIM(LEADING FROM y)', "(TRIM #LEADING ' ' y)"],
  ["TRIM('x' FROM y)", "(TRIM #BOTH 'x' y)"],
  ['SUBSTRING(a FROM 2 FOR 3)', '(SUBSTRING a 2 3)'],
  ['SUBSTRING(a, 2)', '(SUBSTRING a 2)'],
  ['POSITION(f(a) IN b || c)', '(POSITION (F a) (|| b c))'],
  ["OVERLAY(a PLACING 'x' FROM 2 FOR 1)", "(OVERLAY a 'x' 2 1)"],
  ['CEIL(ts TO DAY)', '(CEIL ts #DAY)'],
  ['FLOOR(1.5)', '(FLOOR 1.5)'],
  ['TIMESTAMPDIFF(SECOND, a, b)', '(TIMESTAMPDIFF #SECOND a b)'],
  ['TIMESTAMPADD(SQL_TSI_DAY, 1, b)', '(TIMESTAMPADD #DAY 1 b)'],
  ['COUNT(*) FILTER (WHERE x > 1)', '(COUNT :star :filter (> x 1))'],
  [
    'COUNT(DISTINCT x) OVER (PARTITION BY a, b ORDER BY c DESC NULLS LAST ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)',
    '(COUNT x :distinct :over {:partitionBy [a b] :orderBy [{:expression c :descending :nulls LAST}] :frame {:unit ROWS :start (preceding :offset 3) :end (current-row)}})',
  ],
  ['SUM(x) OVER w', '(SUM x :over {:base w})'],
  [
    "SUM(x) OVER (w ORDER BY a RANGE INTERVAL '1' HOUR PRECEDING)",
    '(SUM x :over {:base w :orderBy [{:expression a}] :frame {:unit RANGE :start (preceding :offset (interval :text 1 :qualifier {:from HOUR}))}})',
  ],
  ["LISTAGG(DISTINCT x, ',') WITHIN GROUP (ORDER BY y)", "(LISTAGG x ',' :distinct :withinGroup [{:expression y}])"],
  ['LAG(x, 1) IGNORE NULLS OVER (ORDER BY t)', '(LAG x 1 :nulls IGNORE :over {:orderBy [{:expression t}]})'],
  [
    "JSON_VALUE(a, '$.b' RETURNING INT DEFAULT 1 ON EMPTY ERROR ON ERROR)",
    "(json-value :input a :path '$.b' :returning {:name INT :nullable} :onEmpty (DEFAULT :value 1) :onError (ERROR))",
  ],
  [
    "JSON_QUERY(a, 'lax $' RETURNING ARRAY<STRING> WITH CONDITIONAL ARRAY WRAPPER EMPTY ARRAY ON EMPTY NULL ON ERROR)",
    "(json-query :input a :path 'lax $' :returning {:name ARRAY :arguments [{:name STRING :nullable}] :nullable} :wrapper CONDITIONAL :onEmpty (EMPTY ARRAY) :onError (NULL))",
  ],
  ["JSON_EXISTS(a, '$.b' UNKNOWN ON ERROR)", "(json-exists :input a :path '$.b' :onError UNKNOWN)"],
  [
    "JSON_OBJECT(KEY 'a' VALUE b, 'c' VALUE JSON_ARRAY(1, 2 ABSENT ON NULL) NULL ON NULL)",
    "(json-object :entries [{:key 'a' :value b} {:key 'c' :value (json-array :elements [1 2] :onNull ABSENT)}] :onNull NULL)",
  ],
  ['JSON_OBJECT()', '(json-object)'],
  ['JSON_OBJECTAGG(KEY k VALUE v ABSENT ON NULL)', '(json-objectagg :entry {:key k :value v} :onNull ABSENT)'],
  ['JSON_ARRAYAGG(x ORDER BY y)', '(json-arrayagg :element x :orderBy [{:expression y}])'],
  ['IF(a, b, c)', '(IF a b c)'],
  ['CURRENT_TIMESTAMP', '(CURRENT_TIMESTAMP :bare)'],
  ['LOCALTIME', '(LOCALTIME :bare)'],
  [
    "(a, b) OVERLAPS (c, INTERVAL '1' DAY)",
    '(OVERLAPS (row :fields [a b]) (row :fields [c (interval :text 1 :qualifier {:from DAY})]))',
  ],
  ["ROW(1, 'x')", "(row :explicit :fields [1 'x'])"],
  ['ARRAY[1, 2][1]', '(item :of (array :elements [1 2]) :index 1)'],
  ["MAP['a', 1, 'b', 2]['a']", "(item :of (map :entries [{:key 'a' :value 1} {:key 'b' :value 2}]) :index 'a')"],
  ['ARRAY[]', '(array)'],
  ['(r).f.g', '(field :of (field :of r :name f) :name g)'],
  ['f(x).y', '(field :of (F x) :name y)'],
  ['a.b.c[1].d', '(field :of (item :of a.b.c :index 1) :name d)'],
  ['db.f(x)', '(F x)'],
  ["U&'\\00e9t\\00e9'", "'été'"],
  ["U&'!00e9' UESCAPE '!'", "'é'"],
  ["E'a\\nb\\u0041'", "'a\nbA'"],
  ["X'0AfF'", '(bytes :hex 0aff)'],
  ["DATE '2026-01-01'", '(date :text 2026-01-01)'],
  ["TIMESTAMP '2026-01-01 00:00:00.123'", '(timestamp :text 2026-01-01 00:00:00.123)'],
  [
    "INTERVAL -'1 02:03:04.5' DAY TO SECOND(3)",
    '(interval :text 1 02:03:04.5 :negative :qualifier {:from DAY :to SECOND :fraction 3})',
  ],
  ["INTERVAL '1-2' YEAR TO MONTH", '(interval :text 1-2 :qualifier {:from YEAR :to MONTH})'],
  ["INTERVAL '5' MINUTES", '(interval :text 5 :qualifier {:from MINUTE})'],
  ['1E5', '1E5'],
  ['.5', '.5'],
  ['1.', '1.'],
  [
    'x > ALL (SELECT y FROM t)',
    '(quantified :operator > :quantifier ALL :operand x :right (query :query (select :items [y] :from (table :name t))))',
  ],
  ['x = ANY (1, 2)', '(quantified :operator = :quantifier SOME :operand x :right (list :list [1 2]))'],
  [
    'EXISTS (SELECT 1) AND NOT EXISTS (SELECT 2)',
    '(AND (exists :query (select :items [1])) (NOT (exists :query (select :items [2]))))',
  ],
  [
    '((SELECT 1) UNION ALL (SELECT 2))',
    '(scalar-query :query (set-operation :operator UNION :all :left (select :items [1]) :right (select :items [2])))',
  ],
  ['a % b / c', '(/ (% a b) c)'],
  ['+1', '(+ 1)'],
  ['f(DISTINCT a, b)', '(F a b :distinct)'],
  ['f(n => 1, m => DEFAULT)', '(F (named-argument :name n :value 1) (named-argument :name m :value (default)))'],
  ['`sel``ect`.`a b`', 'sel`ect.a b'],
  ['größe + 名前', '(+ größe 名前)'],
  ['count(x)', '(COUNT x)'],
  ['DESCRIPTOR(a)', '(descriptor :columns a)'],
  ["REGEXP_EXTRACT(a, '\\d+', 0)", "(REGEXP_EXTRACT a '\\d+' 0)"],
  ['COALESCE(a, LEFT(b, 2), YEAR(c), USER)', '(COALESCE a (LEFT b 2) (YEAR c) (USER :bare))'],
  [
    "CAST(NULL AS MAP<STRING, ROW<a INT 'c', b TIME(3)>>)",
    '(cast :operand NULL :type {:name MAP :arguments [{:name STRING :nullable} {:name ROW :fields [{:name a :type {:name INT :nullable} :comment c} {:name b :type {:name TIME :parameters [3] :nullable}}] :nullable}] :nullable})',
  ],
  ['CAST(a AS CHAR VARYING(3))', '(cast :operand a :type {:name CHAR VARYING :parameters [3] :nullable})'],
  ['CAST(a AS VARIANT)', '(cast :operand a :type {:name VARIANT :path VARIANT :nullable})'],
  ['UNKNOWN', '(unknown)'],
  ['ROW(a)', '(row :explicit :fields [a])'],
  ["'it''s'", "'it's'"],
  ["X'00' ", '(bytes :hex 00)'],
  ['CURRENT_DATE()', '(CURRENT_DATE)'],
  ["`map`['k']", "(item :of map :index 'k')"],
  [
    'PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x DESC)',
    '(PERCENTILE_CONT 0.5 :withinGroup [{:expression x :descending}])',
  ],
  ['a -- comment', 'a'],
  [
    "JSON_QUERY(a, '$' RETURNING ARRAY<STRING> NULL ON EMPTY)",
    "(json-query :input a :path '$' :returning {:name ARRAY :arguments [{:name STRING :nullable}] :nullable} :onEmpty (NULL))",
  ],
  ['a LIKE b LIKE c', '(like :operator LIKE :operand a :pattern (like :operator LIKE :operand b :pattern c))'],
  ['a LIKE b IN (1, 2)', '(like :operator LIKE :operand a :pattern (in :operand b :list [1 2]))'],
];

export const STATEMENTS: readonly (readonly [text: string, trees: readonly string[]])[] = [
  [
    "CREATE TABLE IF NOT EXISTS t (a INT NOT NULL COMMENT 'x', b AS a + 1 COMMENT 'y', ts TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL, o BIGINT METADATA, id STRING CONSTRAINT pk PRIMARY KEY NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, CONSTRAINT c UNIQUE (a, b)) COMMENT 'z' PARTITIONED BY (a, b) WITH ('connector' = 'kafka') LIKE u (INCLUDING ALL OVERWRITING OPTIONS EXCLUDING PARTITIONS)",
    [
      '(create-table :ifNotExists :name t :columns [(physical :name a :type {:name INT} :comment x) (computed :name b :expression (+ a 1) :comment y) (metadata :name ts :type {:name TIMESTAMP :parameters [3] :nullable} :key timestamp :virtual) (metadata :name o :type {:name BIGINT :nullable}) (physical :name id :type {:name STRING :nullable})] :watermark {:column ts :expression (- ts (interval :text 5 :qualifier {:from SECOND}))} :constraints [(primary-key :name pk :columns id) (unique :name c :columns a.b)] :comment z :partitionedBy a.b :options [{:key connector :value kafka}] :like {:table u :rules [{:action INCLUDING :what ALL} {:action OVERWRITING :what OPTIONS} {:action EXCLUDING :what PARTITIONS}]})',
    ],
  ],
  ['CREATE TEMPORARY TABLE t LIKE u', ['(create-table :temporary :name t :like {:table u})']],
  [
    "CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'c' AS SELECT 1, 2",
    ['(create-view :temporary :ifNotExists :name v :columns a.b :comment c :query (select :items [1 2]))'],
  ],
  [
    'DROP TEMPORARY TABLE IF EXISTS a.b; DROP VIEW v;;',
    ['(drop :what TABLE :temporary :ifExists :name a.b)', '(drop :what VIEW :name v)'],
  ],
  [
    "INSERT INTO t /*+ OPTIONS('a'='b') */ (a, b.c) VALUES (1, 'x'), (2, NULL)",
    [
      "(insert :table t :hints [{:name OPTIONS :options [{:key a :value b}]}] :columns [a b.c] :query (values :rows [[1 'x'] [2 NULL]]))",
    ],
  ],
  [
    'INSERT INTO t (SELECT 1) UNION ALL SELECT 2',
    [
      '(insert :table t :query (set-operation :operator UNION :all :left (select :items [1]) :right (select :items [2])))',
    ],
  ],
  [
    'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END; SELECT 1',
    [
      '(statement-set :inserts [(insert :table a :query (select :items [1])) (insert :table b :query (select :items [2]))])',
      '(query :query (select :items [1]))',
    ],
  ],
  [
    'BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END',
    ['(statement-set :inserts [(insert :table a :query (select :items [1]))])'],
  ],
  [
    'EXPLAIN SELECT 1; EXPLAIN PLAN FOR INSERT INTO t SELECT 1; EXPLAIN ESTIMATED_COST, CHANGELOG_MODE SELECT 1; EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END',
    [
      '(explain :statement (query :query (select :items [1])))',
      '(explain :statement (insert :table t :query (select :items [1])))',
      '(explain :details [ESTIMATED_COST CHANGELOG_MODE] :statement (query :query (select :items [1])))',
      '(explain :statement (statement-set :inserts [(insert :table a :query (select :items [1]))]))',
    ],
  ],
  [
    "SHOW TABLES; SHOW VIEWS LIKE 'a%'; SHOW USER FUNCTIONS NOT ILIKE 'x'; SHOW CREATE TABLE a; SHOW COLUMNS FROM t; DESCRIBE t; DESC EXTENDED t",
    [
      '(show :what TABLES)',
      '(show :what VIEWS :like {:pattern a%})',
      '(show :what FUNCTIONS :user :like {:negated :ignoreCase :pattern x})',
      '(show :what CREATE TABLE :name a)',
      '(show :what COLUMNS :table t)',
      '(describe :name t)',
      '(describe :extended :name t)',
    ],
  ],
  [
    'WITH a (x, y) AS (SELECT 1, 2), b AS (TABLE a) SELECT * FROM a, b',
    [
      '(query :query (ordered (select :items [(star)] :from (join :type comma :left (table :name a) :right (table :name b))) :with [{:name a :columns x.y :query (select :items [1 2])} {:name b :query (explicit-table :name a)}]))',
    ],
  ],
  [
    "SELECT /*+ LOOKUP('table'='c', 'async'='true'), BROADCAST(a, b), STATE_TTL('a'='1d') */ DISTINCT t.*, a.b AS c, d e FROM t AS x (p, q) WHERE 1 = 1 GROUP BY a, (b, c), ROLLUP(a, (b, c)), GROUPING SETS ((a), ()), CUBE(d) HAVING COUNT(*) > 1 WINDOW w AS (PARTITION BY a), v AS (w ORDER BY b) ORDER BY 1 DESC, b NULLS FIRST LIMIT 10 OFFSET 5",
    [
      '(query :query (ordered (select :hints [{:name LOOKUP :options [{:key table :value c} {:key async :value true}]} {:name BROADCAST :values [a b]} {:name STATE_TTL :options [{:key a :value 1d}]}] :distinct :items [(star :of t) (as a.b c) (as d e)] :from (table :name t :alias {:name x :columns p.q}) :where (= 1 1) :groupBy {:items [a (set :expressions [b c]) (rollup :items [a (set :expressions [b c])]) (grouping-sets :items [a (set)]) (cube :items [d])]} :having (> (COUNT :star) 1) :windows [{:name w :specification {:partitionBy [a]}} {:name v :specification {:base w :orderBy [{:expression b}]}}]) :orderBy [{:expression 1 :descending} {:expression b :nulls FIRST}] :offset 5 :limit 10))',
    ],
  ],
  [
    'SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT ALL SELECT 4 ORDER BY 1 OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY',
    [
      '(query :query (ordered (set-operation :operator EXCEPT :all :left (set-operation :operator UNION :left (select :items [1]) :right (set-operation :operator INTERSECT :left (select :items [2]) :right (select :items [3]))) :right (select :items [4])) :orderBy [{:expression 1}] :offset 2 :limit 3))',
    ],
  ],
  [
    '(SELECT 1 LIMIT 1) UNION ALL (SELECT 2)',
    [
      '(query :query (set-operation :operator UNION :all :left (ordered (select :items [1]) :limit 1) :right (select :items [2])))',
    ],
  ],
  [
    'SELECT * FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (x, y) CROSS JOIN d NATURAL FULL JOIN e, f',
    [
      '(query :query (select :items [(star)] :from (join :type comma :left (join :type full :natural :left (join :type cross :left (join :type left :left (join :type inner :left (table :name a) :right (table :name b) :condition (on :expression (= a.x b.x))) :right (table :name c) :condition (using :columns x.y)) :right (table :name d)) :right (table :name e)) :right (table :name f))))',
    ],
  ],
  [
    'SELECT * FROM a JOIN dim FOR SYSTEM_TIME AS OF a.proctime AS d ON a.k = d.k',
    [
      '(query :query (select :items [(star)] :from (join :type inner :left (table :name a) :right (table :name dim :asOf a.proctime :alias {:name d}) :condition (on :expression (= a.k d.k)))))',
    ],
  ],
  [
    'SELECT * FROM a, LATERAL TABLE(f(a.x)) AS t(y), LATERAL (SELECT 1) AS z',
    [
      '(query :query (select :items [(star)] :from (join :type comma :left (join :type comma :left (table :name a) :right (table-function :lateral :call (F a.x) :alias {:name t :columns y})) :right (derived :lateral :query (select :items [1]) :alias {:name z}))))',
    ],
  ],
  [
    'SELECT * FROM a CROSS JOIN UNNEST(a.tags, b) WITH ORDINALITY AS t (tag, n)',
    [
      '(query :query (select :items [(star)] :from (join :type cross :left (table :name a) :right (unnest :operands [a.tags b] :ordinality :alias {:name t :columns tag.n}))))',
    ],
  ],
  [
    "SELECT * FROM TABLE(TUMBLE(TABLE Bid, DESCRIPTOR(bidtime), INTERVAL '10' MINUTES))",
    [
      '(query :query (select :items [(star)] :from (table-function :call (TUMBLE (table-argument :table (table :name Bid)) (descriptor :columns bidtime) (interval :text 10 :qualifier {:from MINUTE})))))',
    ],
  ],
  [
    "SELECT * FROM TABLE(SESSION(TABLE Bid PARTITION BY (item, x) ORDER BY y, DESCRIPTOR(bidtime), INTERVAL '5' MINUTES)) AS s",
    [
      '(query :query (select :items [(star)] :from (table-function :call (SESSION (table-argument :table (table :name Bid) :partitionBy [item x] :orderBy [{:expression y}]) (descriptor :columns bidtime) (interval :text 5 :qualifier {:from MINUTE})) :alias {:name s})))',
    ],
  ],
  [
    "SELECT * FROM HOP(DATA => TABLE Bid, TIMECOL => DESCRIPTOR(bidtime), SLIDE => INTERVAL '5' MINUTES, SIZE => INTERVAL '10' MINUTES)",
    [
      '(query :query (select :items [(star)] :from (table-function :call (HOP (named-argument :name DATA :value (table-argument :table (table :name Bid))) (named-argument :name TIMECOL :value (descriptor :columns bidtime)) (named-argument :name SLIDE :value (interval :text 5 :qualifier {:from MINUTE})) (named-argument :name SIZE :value (interval :text 10 :qualifier {:from MINUTE}))))))',
    ],
  ],
  [
    "SELECT * FROM TABLE(TUMBLE((SELECT * FROM x), DESCRIPTOR(t), INTERVAL '1' DAY))",
    [
      '(query :query (select :items [(star)] :from (table-function :call (TUMBLE (scalar-query :query (select :items [(star)] :from (table :name x))) (descriptor :columns t) (interval :text 1 :qualifier {:from DAY})))))',
    ],
  ],
  [
    'SELECT * FROM ((SELECT 1) UNION (SELECT 2)) AS a',
    [
      '(query :query (select :items [(star)] :from (derived :query (set-operation :operator UNION :left (select :items [1]) :right (select :items [2])) :alias {:name a})))',
    ],
  ],
  [
    'SELECT * FROM (a JOIN b ON TRUE) JOIN c ON TRUE',
    [
      '(query :query (select :items [(star)] :from (join :type inner :left (join :type inner :left (table :name a) :right (table :name b) :condition (on :expression TRUE)) :right (table :name c) :condition (on :expression TRUE))))',
    ],
  ],
  [
    'SELECT * FROM (((SELECT 1)))',
    ['(query :query (select :items [(star)] :from (derived :query (select :items [1]))))'],
  ],
  [
    "SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01 00:00:00'",
    ['(query :query (select :items [(star)] :from (table :name t :asOf (timestamp :text 2026-01-01 00:00:00))))'],
  ],
  ['TABLE t', ['(query :query (explicit-table :name t))']],
  ['SELECT t.a.* FROM t', ['(query :query (select :items [(star :of t.a)] :from (table :name t)))']],
  [
    'CREATE TABLE t (a INT NOT NULL ARRAY NOT NULL)',
    ['(create-table :name t :columns [(physical :name a :type {:name ARRAY :arguments [{:name INT}]})])'],
  ],
  [
    'EXPLAIN EXECUTE SELECT 1; EXPLAIN EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END',
    [
      '(explain :statement (query :query (select :items [1])))',
      '(explain :statement (statement-set :inserts [(insert :table t :query (select :items [1]))]))',
    ],
  ],
];
