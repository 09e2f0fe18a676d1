/**
 * The simulated city as a client of ingest: HERMES_DEMO_RATE events a second through the public HTTP API. What was sent but not
 * answered is sent again with the same ids; a new start goes on with the city as it was, under ids of a new run.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { IngestClient } from '../api/ingest-client.ts';
import type { OutgoingEvent } from '../api/outgoing-event.ts';
import { type City, newCity } from './city-state.ts';
import { nextHappening } from './simulator.ts';

const Settings = z.object({
  INGEST_URL: z.url(),
  HERMES_WRITE_KEY: z.string().min(1),
  HERMES_DATA_DIR: z.string().min(1),
  HERMES_DEMO_RATE: z.coerce.number().min(0.1).max(5_000).default(50),
  HERMES_DEMO_SEED: z.coerce.number().int().default(1),
});

const SOURCE = 'demo:city';
const REQUESTS_PER_SECOND = 5;
const KEEP_EVERY_MS = 10_000;

const settings = Settings.parse(process.env);
const cityFile = join(settings.HERMES_DATA_DIR, 'demo', 'city.json');
// The instant of the start marks the run: no file that could be lost decides whether ids are new.
const run = Date.now().toString(36);
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());

const log = (message: string): void => void process.stdout.write(`${new Date().toISOString()} ${message}\n`);

function keptCity(): City | undefined {
  try {
    const city = JSON.parse(readFileSync(cityFile, 'utf8')) as City;
    return city.version === 1 && city.seed === settings.HERMES_DEMO_SEED ? city : undefined;
  } catch {
    return undefined;
  }
}

function keep(city: City): void {
  mkdirSync(dirname(cityFile), { recursive: true });
  writeFileSync(`${cityFile}.partial`, JSON.stringify(city));
  renameSync(`${cityFile}.partial`, cityFile);
}

async function live(client: IngestClient): Promise<void> {
  let city = keptCity() ?? newCity(settings.HERMES_DEMO_SEED, Date.now());
  let keptAtMs = Date.now();
  let owed = 0;
  let beforeMs = performance.now();
  log(`run ${run}: ${settings.HERMES_DEMO_RATE} events/s from seed ${settings.HERMES_DEMO_SEED}`);

  const makeBatch = (): OutgoingEvent[] => {
    const nowMs = performance.now();
    // After an outage the city does not make up for what it did not say: at most one second's events are owed.
    owed = Math.min(
      owed + ((nowMs - beforeMs) / 1_000) * settings.HERMES_DEMO_RATE,
      Math.max(1, settings.HERMES_DEMO_RATE),
    );
    beforeMs = nowMs;
    const events: OutgoingEvent[] = [];
    for (; owed >= 1; owed--) {
      const atMs = Date.now();
      const next = nextHappening(city, atMs, run);
      const { type, subject, data } = next.happening;
      events.push({
        specversion: '1.0',
        id: `${run}-${city.count}`,
        source: SOURCE,
        type,
        subject,
        time: new Date(atMs).toISOString(),
        data,
      });
      city = next.city;
    }
    return events;
  };

  while (!stopping.signal.aborted) {
    await sleep(1_000 / REQUESTS_PER_SECOND, undefined, { signal: stopping.signal }).catch(() => undefined);
    const events = makeBatch();
    if (events.length === 0) continue;
    const answer = await client.send(events, {
      signal: stopping.signal,
      onRetry: (reason) => log(`ingest does not take events: ${reason}`),
    });
    for (const error of answer.errors)
      log(`refused ${events[error.index]?.type ?? ''} ${error.pointer}: ${error.message}`);
    if (Date.now() - keptAtMs > KEEP_EVERY_MS) {
      keep(city);
      keptAtMs = Date.now();
    }
  }
  keep(city);
}

try {
  await live(new IngestClient(settings.INGEST_URL, settings.HERMES_WRITE_KEY));
} catch (error) {
  if (!stopping.signal.aborted) {
    log(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
