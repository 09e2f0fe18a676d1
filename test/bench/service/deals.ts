import type { KafkaMessage } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { eventsTopic } from '@hermes/contracts/topics';
import { seededRandom } from '../seeded-random.ts';
import { ZipfSampler } from './zipf.ts';

export const PROJECT = 'bench';
export const DEAL = 'bench.deal';
/** Of all events, on the most frequent subjects at most. */
export const HOTTEST_SHARE = 0.01;

const DAY_MS = 86_400_000;
/** The history reaches beyond the longest window, so that tiles leave it as well. */
const HISTORY_MS = 40 * DAY_MS;
/** One event in so many comes late. */
const LATE_EVERY = 100;
const LATE_UP_TO_MS = 2 * DAY_MS;
const USUAL_DELAY_MS = 2_000;

export const DISTRICTS = [
  'riverside',
  'old-town',
  'harbour',
  'university',
  'station',
  'north-lake',
  'airport',
  'hills',
];
export const LINES = ['second-hand', 'new-home', 'rental', 'decoration'];
const LISTINGS = 50_000;
export const FOLLOWERS = 500;

export const subjectOf = (rank: number): string => `customer:c-${String(rank)}`;

/** An event of the bench, as ingest writes it. */
export interface Deal {
  readonly id: string;
  readonly subject: string;
  readonly timeMs: number;
  readonly receivedAtMs: number;
  /** JSON of the event. */
  readonly value: string;
}

/** Makes deals of subjects that are drawn by Zipf's law; the same ones for the same seed and instants. */
export class DealMaker {
  private readonly random: () => number;
  private readonly sampler: ZipfSampler;
  private readonly subjects: number;
  private readonly idPrefix: string;

  constructor(subjects: number, seed: number, idPrefix: string) {
    this.random = seededRandom(seed);
    this.sampler = new ZipfSampler(subjects, HOTTEST_SHARE, this.random);
    this.subjects = subjects;
    this.idPrefix = idPrefix;
  }

  /**
   * The i-th of `total` deals of the past 40 days, which end at `endMs`: in the order of their receipt, one in a hundred up to two days late.
   * The first ones are of each subject in turn, so that all are known.
   */
  past(i: number, total: number, endMs: number): Deal {
    const receivedAtMs = Math.floor(endMs - HISTORY_MS + (i / total) * HISTORY_MS);
    const rank = i < this.subjects ? i : this.sampler.next();
    const isLate = Math.floor(this.random() * LATE_EVERY) === 0;
    const delayMs = Math.floor(this.random() * (isLate ? LATE_UP_TO_MS : USUAL_DELAY_MS));
    return this.deal(i, rank, receivedAtMs - delayMs, receivedAtMs);
  }

  /** The i-th deal that happens now. */
  live(i: number, nowMs: number): Deal {
    return this.deal(i, this.sampler.next(), nowMs, nowMs);
  }

  private deal(i: number, rank: number, timeMs: number, receivedAtMs: number): Deal {
    const { random } = this;
    const id = `${this.idPrefix}-${String(i)}`;
    const subject = subjectOf(rank);
    const value = JSON.stringify({
      specversion: '1.0',
      id,
      source: 'bench',
      type: DEAL,
      subject,
      time: new Date(timeMs).toISOString(),
      project: PROJECT,
      receivedat: new Date(receivedAtMs).toISOString(),
      data: {
        listingId: `l-${String(Math.floor(random() * LISTINGS))}`,
        district: DISTRICTS[Math.floor(random() * DISTRICTS.length)],
        line: LINES[Math.floor(random() * LINES.length)],
        totalPriceCny: `${String(500_000 + Math.floor(random() * 9_000_000))}.00`,
        areaM2: 30 + Math.floor(random() * 2_000) / 10,
        followers: Math.floor(random() * FOLLOWERS),
      },
    });
    return { id, subject, timeMs, receivedAtMs, value };
  }
}

/** The deal as a record of `<project>.events`, received by Kafka at `nowMs`. */
export const recordOf = ({ id, subject, receivedAtMs, value }: Deal, nowMs: number): KafkaMessage => ({
  topic: eventsTopic(PROJECT),
  key: subject,
  value,
  headers: {
    [EVENT_HEADERS.type]: DEAL,
    [EVENT_HEADERS.source]: 'bench',
    [EVENT_HEADERS.id]: id,
    [EVENT_HEADERS.receivedAt]: new Date(receivedAtMs).toISOString(),
    [EVENT_HEADERS.acceptedAt]: new Date(receivedAtMs).toISOString(),
  },
  timestampMs: nowMs,
});
