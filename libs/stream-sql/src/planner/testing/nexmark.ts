/** For tests and the bench: the Nexmark benchmark's tables and queries, as its project writes them for Flink. */
const columns = `CREATE TABLE kafka (
    event_type int,
    person ROW<id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, \`dateTime\` TIMESTAMP(3), extra VARCHAR>,
    auction ROW<id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, \`dateTime\` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra VARCHAR>,
    bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, \`dateTime\` TIMESTAMP(3), extra VARCHAR>,
    \`dateTime\` AS CASE WHEN event_type = 0 THEN person.\`dateTime\` WHEN event_type = 1 THEN auction.\`dateTime\` ELSE bid.\`dateTime\` END,
    WATERMARK FOR \`dateTime\` AS \`dateTime\` - INTERVAL '4' SECOND
)`;

const views = `CREATE VIEW person AS SELECT person.id, person.name, person.emailAddress, person.creditCard, person.city, person.state, \`dateTime\`, person.extra FROM kafka WHERE event_type = 0;
CREATE VIEW auction AS SELECT auction.id, auction.itemName, auction.description, auction.initialBid, auction.reserve, \`dateTime\`, auction.expires, auction.seller, auction.category, auction.extra FROM kafka WHERE event_type = 1;
CREATE VIEW bid AS SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, \`dateTime\`, bid.extra FROM kafka WHERE event_type = 2;
`;

/** The table of all events and the views that the queries read; `options` as in WITH (...). */
export const nexmarkTables = (options: Readonly<Record<string, string>>): string =>
  `${columns} WITH (${Object.entries(options)
    .map(([key, value]) => `'${key}' = '${value}'`)
    .join(', ')});\n${views}`;

const event = nexmarkTables({
  connector: 'kafka',
  topic: 'nexmark',
  'properties.bootstrap.servers': 'localhost:9092',
  'properties.group.id': 'nexmark',
  'scan.startup.mode': 'earliest-offset',
  format: 'json',
});

const counts = `
     count(*) filter (where price < 10000) AS rank1_bids,
     count(*) filter (where price >= 10000 and price < 1000000) AS rank2_bids,
     count(*) filter (where price >= 1000000) AS rank3_bids`;
const distincts = ['bidder', 'auction']
  .map(
    (key) => `
     count(distinct ${key}) AS total_${key}s,
     count(distinct ${key}) filter (where price < 10000) AS rank1_${key}s,
     count(distinct ${key}) filter (where price >= 10000 and price < 1000000) AS rank2_${key}s,
     count(distinct ${key}) filter (where price >= 1000000) AS rank3_${key}s`,
  )
  .join(',');

/** Columns of the sink, and what is inserted; statements before it where there are any. */
const queries: Readonly<Record<string, readonly [columns: string, query: string, before?: string]>> = {
  q0: [
    'auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra VARCHAR',
    'SELECT auction, bidder, price, `dateTime`, extra FROM bid',
  ],
  q1: [
    'auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), `dateTime` TIMESTAMP(3), extra VARCHAR',
    'SELECT auction, bidder, 0.908 * price as price, `dateTime`, extra FROM bid',
  ],
  q2: ['auction BIGINT, price BIGINT', 'SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0'],
  q3: [
    'name VARCHAR, city VARCHAR, state VARCHAR, id BIGINT',
    `SELECT P.name, P.city, P.state, A.id FROM auction AS A INNER JOIN person AS P on A.seller = P.id
     WHERE A.category = 10 and (P.state = 'OR' OR P.state = 'ID' OR P.state = 'CA')`,
  ],
  q4: [
    'id BIGINT, final BIGINT',
    `SELECT Q.category, AVG(Q.final) FROM (
       SELECT MAX(B.price) AS final, A.category FROM auction A, bid B
       WHERE A.id = B.auction AND B.\`dateTime\` BETWEEN A.\`dateTime\` AND A.expires GROUP BY A.id, A.category
     ) Q GROUP BY Q.category`,
  ],
  q5: [
    'auction BIGINT, num BIGINT',
    `SELECT AuctionBids.auction, AuctionBids.num FROM (
       SELECT auction, count(*) AS num, window_start AS starttime, window_end AS endtime
       FROM TABLE(HOP(TABLE bid, DESCRIPTOR(\`dateTime\`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
       GROUP BY auction, window_start, window_end
     ) AS AuctionBids JOIN (
       SELECT max(CountBids.num) AS maxn, CountBids.starttime, CountBids.endtime FROM (
         SELECT count(*) AS num, window_start AS starttime, window_end AS endtime
         FROM TABLE(HOP(TABLE bid, DESCRIPTOR(\`dateTime\`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
         GROUP BY auction, window_start, window_end
       ) AS CountBids GROUP BY CountBids.starttime, CountBids.endtime
     ) AS MaxBids ON AuctionBids.starttime = MaxBids.starttime AND AuctionBids.endtime = MaxBids.endtime AND AuctionBids.num >= MaxBids.maxn`,
  ],
  q7: [
    'auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra VARCHAR',
    `SELECT B.auction, B.price, B.bidder, B.\`dateTime\`, B.extra from bid B JOIN (
       SELECT MAX(price) AS maxprice, window_end as \`dateTime\`
       FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(\`dateTime\`), INTERVAL '10' SECOND)) GROUP BY window_start, window_end
     ) B1 ON B.price = B1.maxprice WHERE B.\`dateTime\` BETWEEN B1.\`dateTime\` - INTERVAL '10' SECOND AND B1.\`dateTime\``,
  ],
  q8: [
    'id BIGINT, name VARCHAR, stime TIMESTAMP(3)',
    `SELECT P.id, P.name, P.starttime FROM (
       SELECT id, name, window_start AS starttime, window_end AS endtime
       FROM TABLE(TUMBLE(TABLE person, DESCRIPTOR(\`dateTime\`), INTERVAL '10' SECOND)) GROUP BY id, name, window_start, window_end
     ) P JOIN (
       SELECT seller, window_start AS starttime, window_end AS endtime
       FROM TABLE(TUMBLE(TABLE auction, DESCRIPTOR(\`dateTime\`), INTERVAL '10' SECOND)) GROUP BY seller, window_start, window_end
     ) A ON P.id = A.seller AND P.starttime = A.starttime AND P.endtime = A.endtime`,
  ],
  q9: [
    'id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, `dateTime` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra VARCHAR, auction BIGINT, bidder BIGINT, price BIGINT, bid_dateTime TIMESTAMP(3), bid_extra VARCHAR',
    `SELECT id, itemName, description, initialBid, reserve, \`dateTime\`, expires, seller, category, extra, auction, bidder, price, bid_dateTime, bid_extra FROM (
       SELECT A.*, B.auction, B.bidder, B.price, B.\`dateTime\` AS bid_dateTime, B.extra AS bid_extra,
         ROW_NUMBER() OVER (PARTITION BY A.id ORDER BY B.price DESC, B.\`dateTime\` ASC) AS rownum
       FROM auction A, bid B WHERE A.id = B.auction AND B.\`dateTime\` BETWEEN A.\`dateTime\` AND A.expires
     ) WHERE rownum <= 1`,
  ],
  q11: [
    'bidder BIGINT, bid_count BIGINT, starttime TIMESTAMP(3), endtime TIMESTAMP(3)',
    `SELECT B.bidder, count(*) as bid_count, SESSION_START(B.\`dateTime\`, INTERVAL '10' SECOND) as starttime, SESSION_END(B.\`dateTime\`, INTERVAL '10' SECOND) as endtime
     FROM bid B GROUP BY B.bidder, SESSION(B.\`dateTime\`, INTERVAL '10' SECOND)`,
  ],
  q12: [
    'bidder BIGINT, bid_count BIGINT, starttime TIMESTAMP(3), endtime TIMESTAMP(3)',
    `SELECT bidder, count(*) as bid_count, window_start AS starttime, window_end AS endtime
     FROM TABLE(TUMBLE(TABLE B, DESCRIPTOR(p_time), INTERVAL '10' SECOND)) GROUP BY bidder, window_start, window_end`,
    'CREATE VIEW B AS SELECT *, PROCTIME() as p_time FROM bid;',
  ],
  q15: [
    '`day` VARCHAR, total_bids BIGINT, rank1_bids BIGINT, rank2_bids BIGINT, rank3_bids BIGINT, total_bidders BIGINT, rank1_bidders BIGINT, rank2_bidders BIGINT, rank3_bidders BIGINT, total_auctions BIGINT, rank1_auctions BIGINT, rank2_auctions BIGINT, rank3_auctions BIGINT',
    `SELECT DATE_FORMAT(\`dateTime\`, 'yyyy-MM-dd') as \`day\`, count(*) AS total_bids,${counts},${distincts}
     FROM bid GROUP BY DATE_FORMAT(\`dateTime\`, 'yyyy-MM-dd')`,
  ],
  q16: [
    'channel VARCHAR, `day` VARCHAR, `minute` VARCHAR, total_bids BIGINT, rank1_bids BIGINT, rank2_bids BIGINT, rank3_bids BIGINT, total_bidders BIGINT, rank1_bidders BIGINT, rank2_bidders BIGINT, rank3_bidders BIGINT, total_auctions BIGINT, rank1_auctions BIGINT, rank2_auctions BIGINT, rank3_auctions BIGINT',
    `SELECT channel, DATE_FORMAT(\`dateTime\`, 'yyyy-MM-dd') as \`day\`, max(DATE_FORMAT(\`dateTime\`, 'HH:mm')) as \`minute\`, count(*) AS total_bids,${counts},${distincts}
     FROM bid GROUP BY channel, DATE_FORMAT(\`dateTime\`, 'yyyy-MM-dd')`,
  ],
  q17: [
    'auction BIGINT, `day` VARCHAR, total_bids BIGINT, rank1_bids BIGINT, rank2_bids BIGINT, rank3_bids BIGINT, min_price BIGINT, max_price BIGINT, avg_price BIGINT, sum_price BIGINT',
    `SELECT auction, DATE_FORMAT(\`dateTime\`, 'yyyy-MM-dd') as \`day\`, count(*) AS total_bids,${counts},
       min(price) AS min_price, max(price) AS max_price, avg(price) AS avg_price, sum(price) AS sum_price
     FROM bid GROUP BY auction, DATE_FORMAT(\`dateTime\`, 'yyyy-MM-dd')`,
  ],
  q18: [
    'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR',
    `SELECT auction, bidder, price, channel, url, \`dateTime\`, extra
     FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY \`dateTime\` DESC) AS rank_number FROM bid) WHERE rank_number <= 1`,
  ],
  q19: [
    'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR, rank_number BIGINT',
    `SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank_number FROM bid) WHERE rank_number <= 10`,
  ],
  q20: [
    'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, bid_dateTime TIMESTAMP(3), bid_extra VARCHAR, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, auction_dateTime TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, auction_extra VARCHAR',
    `SELECT auction, bidder, price, channel, url, B.\`dateTime\`, B.extra, itemName, description, initialBid, reserve, A.\`dateTime\`, expires, seller, category, A.extra
     FROM bid AS B INNER JOIN auction AS A on B.auction = A.id WHERE A.category = 10`,
  ],
  q21: [
    'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, channel_id VARCHAR',
    `SELECT auction, bidder, price, channel,
       CASE WHEN lower(channel) = 'apple' THEN '0' WHEN lower(channel) = 'google' THEN '1' WHEN lower(channel) = 'facebook' THEN '2' WHEN lower(channel) = 'baidu' THEN '3'
         ELSE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2) END AS channel_id
     FROM bid where REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2) is not null or lower(channel) in ('apple', 'google', 'facebook', 'baidu')`,
  ],
  q22: [
    'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, dir1 VARCHAR, dir2 VARCHAR, dir3 VARCHAR',
    `SELECT auction, bidder, price, channel, SPLIT_INDEX(url, '/', 3) as dir1, SPLIT_INDEX(url, '/', 4) as dir2, SPLIT_INDEX(url, '/', 5) as dir3 FROM bid`,
  ],
};

export const NEXMARK = Object.keys(queries);

/** One query: the columns of its sink, what is inserted, and statements before it. */
export interface NexmarkText {
  readonly sink: string;
  readonly select: string;
  readonly before: string;
}

export function nexmarkText(name: string): NexmarkText {
  const [sink, select, before = ''] = queries[name]!;
  return { sink, select, before };
}

/** The script of one query: source, views, sink and INSERT. */
export function nexmarkScript(name: string): string {
  const { sink, select, before } = nexmarkText(name);
  return `${event}${before}CREATE TABLE nexmark_${name} (${sink}) WITH ('connector' = 'blackhole');\nINSERT INTO nexmark_${name} ${select};`;
}
