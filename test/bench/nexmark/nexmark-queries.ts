/** A query of Nexmark as its Flink edition writes it, with the sink's columns and how its result is to be compared. */
export interface NexmarkQuery {
  readonly name: string;
  /** Columns of the sink, as CREATE TABLE takes them. */
  readonly sink: string;
  /** Further statements before the INSERT. */
  readonly before?: string;
  readonly select: string;
  /** Rows depend on when they are computed (processing time): each run has its own answer, and none is compared. */
  readonly timing?: true;
  /** Flink writes a row that replaces another by this column without the other one. */
  readonly key?: number;
}

/** The table of all events, and the views that the queries read. `options` as in WITH (...). */
export const nexmarkTables = (options: Readonly<Record<string, string>>): string => `
CREATE TABLE events (
  event_type INT,
  person ROW<id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, \`dateTime\` TIMESTAMP(3), extra VARCHAR>,
  auction ROW<id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, \`dateTime\` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra VARCHAR>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, \`dateTime\` TIMESTAMP(3), extra VARCHAR>,
  \`dateTime\` AS CASE WHEN event_type = 0 THEN person.\`dateTime\` WHEN event_type = 1 THEN auction.\`dateTime\` ELSE bid.\`dateTime\` END,
  WATERMARK FOR \`dateTime\` AS \`dateTime\` - INTERVAL '4' SECOND
) WITH (${Object.entries(options)
  .map(([key, value]) => `'${key}' = '${value}'`)
  .join(', ')});
CREATE TEMPORARY VIEW person AS SELECT person.id, person.name, person.emailAddress, person.creditCard, person.city, person.state, \`dateTime\`, person.extra
  FROM events WHERE event_type = 0;
CREATE TEMPORARY VIEW auction AS SELECT auction.id, auction.itemName, auction.description, auction.initialBid, auction.reserve, \`dateTime\`, auction.expires,
  auction.seller, auction.category, auction.extra FROM events WHERE event_type = 1;
CREATE TEMPORARY VIEW bid AS SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, \`dateTime\`, bid.extra
  FROM events WHERE event_type = 2;
`;

const RANKS = (what: string, name: string): string =>
  `count(${what}) filter (where price < 10000) AS rank1_${name}, count(${what}) filter (where price >= 10000 and price < 1000000) AS rank2_${name},
   count(${what}) filter (where price >= 1000000) AS rank3_${name}`;
const RANK_COLUMNS = (name: string): string =>
  `total_${name} BIGINT, rank1_${name} BIGINT, rank2_${name} BIGINT, rank3_${name} BIGINT`;
const DAY = "DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')";
const DISTINCTS = `count(*) AS total_bids, ${RANKS('*', 'bids')},
   count(distinct bidder) AS total_bidders, ${RANKS('distinct bidder', 'bidders')},
   count(distinct auction) AS total_auctions, ${RANKS('distinct auction', 'auctions')}`;
const CHANNEL_ID = "REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2)";
const HOP = "TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))";
const tumble = (table: string, time = '`dateTime`'): string =>
  `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(${time}), INTERVAL '10' SECOND))`;

/** The queries of the issue's list in their own words; q6, q7, q10, q13, q14 and q23 are not among them. */
export const NEXMARK_QUERIES: readonly NexmarkQuery[] = [
  {
    name: 'q0',
    sink: 'auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra VARCHAR',
    select: 'SELECT auction, bidder, price, `dateTime`, extra FROM bid',
  },
  {
    name: 'q1',
    sink: 'auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), `dateTime` TIMESTAMP(3), extra VARCHAR',
    select: 'SELECT auction, bidder, 0.908 * price AS price, `dateTime`, extra FROM bid',
  },
  {
    name: 'q2',
    sink: 'auction BIGINT, price BIGINT',
    select: 'SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0',
  },
  {
    name: 'q3',
    sink: 'name VARCHAR, city VARCHAR, state VARCHAR, id BIGINT',
    select: `SELECT P.name, P.city, P.state, A.id FROM auction AS A INNER JOIN person AS P ON A.seller = P.id
  WHERE A.category = 10 AND (P.state = 'OR' OR P.state = 'ID' OR P.state = 'CA')`,
  },
  {
    name: 'q4',
    sink: 'id BIGINT, final BIGINT',
    select: `SELECT Q.category, AVG(Q.final) FROM (
    SELECT MAX(B.price) AS final, A.category FROM auction A, bid B
    WHERE A.id = B.auction AND B.\`dateTime\` BETWEEN A.\`dateTime\` AND A.expires GROUP BY A.id, A.category) Q
  GROUP BY Q.category`,
  },
  {
    name: 'q5',
    sink: 'auction BIGINT, num BIGINT',
    select: `SELECT AuctionBids.auction, AuctionBids.num FROM (
    SELECT auction, count(*) AS num, window_start AS starttime, window_end AS endtime FROM ${HOP}
    GROUP BY auction, window_start, window_end) AS AuctionBids
  JOIN (
    SELECT max(CountBids.num) AS maxn, CountBids.starttime, CountBids.endtime FROM (
      SELECT count(*) AS num, window_start AS starttime, window_end AS endtime FROM ${HOP}
      GROUP BY auction, window_start, window_end) AS CountBids
    GROUP BY CountBids.starttime, CountBids.endtime) AS MaxBids
  ON AuctionBids.starttime = MaxBids.starttime AND AuctionBids.endtime = MaxBids.endtime AND AuctionBids.num >= MaxBids.maxn`,
  },
  {
    name: 'q8',
    sink: 'id BIGINT, name VARCHAR, stime TIMESTAMP(3)',
    select: `SELECT P.id, P.name, P.starttime FROM (
    SELECT id, name, window_start AS starttime, window_end AS endtime FROM ${tumble('person')}
    GROUP BY id, name, window_start, window_end) P
  JOIN (
    SELECT seller, window_start AS starttime, window_end AS endtime FROM ${tumble('auction')}
    GROUP BY seller, window_start, window_end) A
  ON P.id = A.seller AND P.starttime = A.starttime AND P.endtime = A.endtime`,
  },
  {
    name: 'q9',
    key: 0,
    sink: `id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, \`dateTime\` TIMESTAMP(3), expires TIMESTAMP(3),
  seller BIGINT, category BIGINT, extra VARCHAR, auction BIGINT, bidder BIGINT, price BIGINT, bid_dateTime TIMESTAMP(3), bid_extra VARCHAR`,
    select: `SELECT id, itemName, description, initialBid, reserve, \`dateTime\`, expires, seller, category, extra, auction, bidder, price, bid_dateTime, bid_extra
  FROM (SELECT A.*, B.auction, B.bidder, B.price, B.\`dateTime\` AS bid_dateTime, B.extra AS bid_extra,
      ROW_NUMBER() OVER (PARTITION BY A.id ORDER BY B.price DESC, B.\`dateTime\` ASC) AS rownum
    FROM auction A, bid B WHERE A.id = B.auction AND B.\`dateTime\` BETWEEN A.\`dateTime\` AND A.expires)
  WHERE rownum <= 1`,
  },
  {
    name: 'q11',
    sink: 'bidder BIGINT, bid_count BIGINT, starttime TIMESTAMP(3), endtime TIMESTAMP(3)',
    select: `SELECT B.bidder, count(*) AS bid_count, SESSION_START(B.\`dateTime\`, INTERVAL '10' SECOND) AS starttime,
    SESSION_END(B.\`dateTime\`, INTERVAL '10' SECOND) AS endtime
  FROM bid B GROUP BY B.bidder, SESSION(B.\`dateTime\`, INTERVAL '10' SECOND)`,
  },
  {
    name: 'q12',
    sink: 'bidder BIGINT, bid_count BIGINT, starttime TIMESTAMP(3), endtime TIMESTAMP(3)',
    before: 'CREATE TEMPORARY VIEW timed AS SELECT *, PROCTIME() AS p_time FROM bid;',
    select: `SELECT bidder, count(*) AS bid_count, window_start AS starttime, window_end AS endtime
  FROM ${tumble('timed', 'p_time')} GROUP BY bidder, window_start, window_end`,
    timing: true,
  },
  {
    name: 'q15',
    sink: `\`day\` VARCHAR, ${RANK_COLUMNS('bids')}, ${RANK_COLUMNS('bidders')}, ${RANK_COLUMNS('auctions')}`,
    select: `SELECT ${DAY} AS \`day\`, ${DISTINCTS} FROM bid GROUP BY ${DAY}`,
  },
  {
    name: 'q16',
    sink: `channel VARCHAR, \`day\` VARCHAR, \`minute\` VARCHAR, ${RANK_COLUMNS('bids')}, ${RANK_COLUMNS('bidders')}, ${RANK_COLUMNS('auctions')}`,
    select: `SELECT channel, ${DAY} AS \`day\`, max(DATE_FORMAT(\`dateTime\`, 'HH:mm')) AS \`minute\`, ${DISTINCTS}
  FROM bid GROUP BY channel, ${DAY}`,
  },
  {
    name: 'q17',
    sink: `auction BIGINT, \`day\` VARCHAR, ${RANK_COLUMNS('bids')}, min_price BIGINT, max_price BIGINT, avg_price BIGINT, sum_price BIGINT`,
    select: `SELECT auction, ${DAY} AS \`day\`, count(*) AS total_bids, ${RANKS('*', 'bids')},
    min(price) AS min_price, max(price) AS max_price, avg(price) AS avg_price, sum(price) AS sum_price
  FROM bid GROUP BY auction, ${DAY}`,
  },
  {
    name: 'q18',
    sink: 'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR',
    select: `SELECT auction, bidder, price, channel, url, \`dateTime\`, extra
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY \`dateTime\` DESC) AS rank_number FROM bid)
  WHERE rank_number <= 1`,
  },
  {
    name: 'q19',
    sink: 'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR, rank_number BIGINT',
    select: `SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank_number FROM bid)
  WHERE rank_number <= 10`,
  },
  {
    name: 'q20',
    sink: `auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, bid_dateTime TIMESTAMP(3), bid_extra VARCHAR, itemName VARCHAR,
  description VARCHAR, initialBid BIGINT, reserve BIGINT, auction_dateTime TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, auction_extra VARCHAR`,
    select: `SELECT auction, bidder, price, channel, url, B.\`dateTime\`, B.extra, itemName, description, initialBid, reserve, A.\`dateTime\`, expires, seller, category, A.extra
  FROM bid AS B INNER JOIN auction AS A ON B.auction = A.id WHERE A.category = 10`,
  },
  {
    name: 'q21',
    sink: 'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, channel_id VARCHAR',
    select: `SELECT auction, bidder, price, channel,
    CASE WHEN lower(channel) = 'apple' THEN '0' WHEN lower(channel) = 'google' THEN '1' WHEN lower(channel) = 'facebook' THEN '2'
      WHEN lower(channel) = 'baidu' THEN '3' ELSE ${CHANNEL_ID} END AS channel_id
  FROM bid WHERE ${CHANNEL_ID} IS NOT NULL OR lower(channel) IN ('apple', 'google', 'facebook', 'baidu')`,
  },
  {
    name: 'q22',
    sink: 'auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, dir1 VARCHAR, dir2 VARCHAR, dir3 VARCHAR',
    select: `SELECT auction, bidder, price, channel, SPLIT_INDEX(url, '/', 3) AS dir1, SPLIT_INDEX(url, '/', 4) AS dir2, SPLIT_INDEX(url, '/', 5) AS dir3
  FROM bid`,
  },
];
