-- Times, intervals and their parts.
-- covers: TIMESTAMPADD, EXTRACT, INTERVAL, FLOOR TO, CEIL TO
-- input sales from ../rows/sales.ndjson
CREATE TABLE sales (id INT, customer STRING, product STRING, qty INT, price DECIMAL(10, 2), status STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
SELECT id, TIMESTAMPADD(MINUTE, qty, ts), EXTRACT(DOW FROM ts), EXTRACT(WEEK FROM ts), FLOOR(ts TO HOUR), CEIL(ts TO MINUTE), ts + INTERVAL '1 02:03:04' DAY TO SECOND, CAST(ts AS DATE) - INTERVAL '1' MONTH, CAST(ts AS TIME), DATE_FORMAT(ts, 'EEEE, d MMMM'), UNIX_TIMESTAMP(CAST(ts AS STRING)), QUARTER(ts), DAYOFYEAR(ts) FROM sales;
