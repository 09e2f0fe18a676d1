import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Dice, pick } from './dice.ts';

/** A row of the file, as text: nothing is rounded on the way. */
export interface Deal {
  readonly dealId: string;
  /** Community. */
  readonly cid: string;
  /** YYYYMMDD, Shanghai's day. */
  readonly tradeTime: string;
  /** In 10,000 CNY, decimal text. */
  readonly totalPrice: string;
  /** In m2, decimal text. */
  readonly square: string;
  readonly district: string;
}

const COLUMNS = {
  dealId: 'dealId',
  cid: 'Cid',
  tradeTime: 'tradeTime',
  totalPrice: 'totalPrice',
  square: 'square',
  district: 'district',
} as const;

/** What the recomputation reads, as a file that the replay tool takes. */
export function dealsAsCsv(deals: readonly Deal[]): string {
  const keys = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
  const lines = [keys.map((key) => COLUMNS[key]), ...deals.map((deal) => keys.map((key) => deal[key]))];
  return `${lines.map((cells) => cells.join(',')).join('\n')}\n`;
}

/** Reads a CSV file without quotes (gzipped or not) whose first line names the columns. Throws when one is missing. */
export function readDeals(path: string): readonly Deal[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const [heading = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = heading.split(',');
  const places = Object.entries(COLUMNS).map(([key, column]) => {
    const place = names.indexOf(column);
    if (place < 0) throw new Error(`${path} has no column ${column}.`);
    return [key, place] as const;
  });
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(places.map(([key, place]) => [key, cells[place] ?? ''])) as unknown as Deal;
  });
}

/** Deals of no city, for when there is no file: the same seed, the same deals. */
export function generateDeals(dice: Dice, count: number): readonly Deal[] {
  const two = (n: number): string => String(n).padStart(2, '0');
  return Array.from({ length: count }, (_, i) => ({
    dealId: String(100_000 + i),
    cid: String(1_000 + Math.floor(dice() * dice() * 300)),
    tradeTime: `${String(2012 + Math.floor(dice() * 6))}${two(1 + Math.floor(dice() * 12))}${two(1 + Math.floor(dice() * 28))}`,
    totalPrice: (50 + Math.floor(dice() * dice() * 20_000) / 10).toFixed(1),
    square: (20 + Math.floor(dice() * 20_000) / 100).toFixed(2),
    district: String(pick(dice, [1, 2, 6, 7, 8, 8, 8, 10, 13])),
  }));
}

/** Fen of a price in 10,000 CNY, exactly. */
export function fenOf(totalPrice: string): bigint {
  const [whole = '0', fraction = ''] = totalPrice.split('.');
  if (fraction.length > 6) throw new Error(`${totalPrice} is finer than a fen.`);
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

/** `1234567.05` of 123456705. */
export function yuanText(fen: bigint): string {
  const text = fen.toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

export const SOURCE = 'file:deals';
export const DEAL_TYPE = 'deal.closed';

export const subjectOf = (deal: Deal): string => `community:${deal.cid}`;

/** Midnight of the deal's day in Shanghai (UTC+8, no daylight saving since 1991), in UTC. */
export function timeOf(deal: Deal): string {
  const { tradeTime: day } = deal;
  const utcMs = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8))) - 8 * 3_600_000;
  return new Date(utcMs).toISOString();
}
