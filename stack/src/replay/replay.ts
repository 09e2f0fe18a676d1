import { setTimeout as sleep } from 'node:timers/promises';
import { type IngestClient, readProgress } from '../api/ingest-client.ts';
import type { OutgoingEvent } from '../api/outgoing-event.ts';
import { Pace, rowsPerRequest } from './pace.ts';
import { columnsOf, type Row, rowReader } from './row-event.ts';
import type { ReplayMap } from './map.ts';
import type { RowFile } from './rows.ts';
import { Tally, type Verdict } from './tally.ts';

const REQUESTS_AT_ONCE = 4;
const GIVE_UP_AFTER_MS = 300_000;

export interface ReplaySetting {
  readonly file: RowFile;
  readonly map: ReplayMap;
  readonly type: string;
  readonly project: string;
  readonly ingestUrl: string;
  /** May read the progress. */
  readonly readKey: string;
  readonly client: IngestClient;
  /** At most so many rows a second; Infinity: as fast as it goes. */
  readonly rowsPerS: number;
  /** Told at the beginning, about once a second, and at the end of the file: rows that are done with, answered or unreadable. */
  readonly onProgress: (rows: number, part: number) => void;
  readonly onRetry: (reason: string) => void;
}

/** Sends every row of the file as an event and answers what became of them, once all are processed. */
export async function replay(setting: ReplaySetting): Promise<Verdict & { readonly seconds: number }> {
  const { file, map, client, project, ingestUrl, readKey } = setting;
  const read = rowReader(map, setting.type, file.name);
  const tally = new Tally();
  const counts = () => readProgress(ingestUrl, project, map.source, readKey);
  const before = await counts();
  const startedMs = performance.now();
  setting.onProgress(0, 0);
  const ticker = setInterval(() => setting.onProgress(tally.doneCount, file.progress()), 1_000);
  const source = batches(file.rows(), map, read, tally, rowsPerRequest(setting.rowsPerS));
  await sendAll(paced(source, new Pace(setting.rowsPerS)), async ({ events, rowNumbers }) => {
    tally.answered(
      await client.send(events, { giveUpAfterMs: GIVE_UP_AFTER_MS, onRetry: setting.onRetry }),
      rowNumbers,
    );
  }).finally(() => clearInterval(ticker));
  const seconds = (performance.now() - startedMs) / 1_000;
  setting.onProgress(tally.doneCount, 1);
  let after = await counts();
  for (; !tally.isThrough(after); after = await counts()) await sleep(50);
  return { ...tally.verdict(before.source, after.source), seconds };
}

interface Batch {
  readonly events: readonly OutgoingEvent[];
  readonly rowNumbers: readonly number[];
}

async function* batches(
  rows: AsyncIterable<Row>,
  map: ReplayMap,
  read: ReturnType<typeof rowReader>,
  tally: Tally,
  size: number,
): AsyncGenerator<Batch> {
  let events: OutgoingEvent[] = [];
  let rowNumbers: number[] = [];
  let rowNumber = 0;
  for await (const row of rows) {
    rowNumber += 1;
    if (rowNumber === 1) requireColumns(row, map);
    tally.rowRead();
    const outcome = read(row, rowNumber);
    if (outcome.kind === 'unreadable') {
      tally.unreadable(outcome.reason, rowNumber);
      continue;
    }
    events.push(outcome.event);
    rowNumbers.push(rowNumber);
    if (events.length < size) continue;
    yield { events, rowNumbers };
    events = [];
    rowNumbers = [];
  }
  if (events.length > 0) yield { events, rowNumbers };
}

async function* paced(source: AsyncIterable<Batch>, pace: Pace): AsyncGenerator<Batch> {
  for await (const batch of source) {
    const waitMs = pace.waitMs(batch.events.length, performance.now());
    if (waitMs > 0) await sleep(waitMs);
    yield batch;
  }
}

/** A map for another file would refuse every row; say so at the first one. */
function requireColumns(row: Row, map: ReplayMap): void {
  const missing = columnsOf(map).filter((column) => !(column in row));
  if (missing.length === 0) return;
  throw new Error(
    `The file has no column ${missing.join(', ')}; it has ${Object.keys(row).join(', ')}. Give the map that belongs to it.`,
  );
}

/** A few requests at once: the next batch is read while others are under way. The first failure ends it. */
async function sendAll(source: AsyncIterable<Batch>, send: (batch: Batch) => Promise<void>): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for await (const batch of source) {
    const sending = send(batch).finally(() => underWay.delete(sending));
    // Whoever waits below sees the failure; this keeps it from being called unhandled before that.
    sending.catch(() => undefined);
    underWay.add(sending);
    if (underWay.size >= REQUESTS_AT_ONCE) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}
