-- How long each side is kept, by hint: as long as the test takes.
-- covers: STATE_TTL, join
-- input o from ../rows/purchases.ndjson
-- input c from ../rows/people.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT /*+ STATE_TTL('a' = '1d', 'c' = '2 d') */ a.id, c.city FROM o AS a JOIN c ON a.customer = c.name;
