import { exampleDeal } from '../launch/example-event.ts';
import type { RunRecord } from '../launch/run-record.ts';
import { Sentence } from '../process/sentence.ts';
import { waitUntil } from '../process/wait.ts';

/** Where an event is looked for, in the order of its way; the first that fails names the broken hop. */
interface Hop {
  name: string;
  withinMs: number;
  seen(): Promise<boolean>;
  advice: string;
}

/**
 * Sends one deal through ingest's public API and follows it to its number (ClickHouse), its profile and its alert. Prints
 * each hop with its time; returns the exit code.
 */
export async function checkRunning(record: RunRecord): Promise<number> {
  if (record.demo === null)
    throw new Sentence('The check follows an event of the demo project: start without --no-demo.');
  const { environment, demo } = record;
  const deal = exampleDeal(Date.now());
  const beganMs = performance.now();
  await send(environment['INGEST_URL'] ?? '', demo.writeKey, deal.event);
  say('ingest', 'accepted the event', beganMs);
  const read = (url: string): Promise<unknown> => getJson(url, demo.readKey);
  const hops: Hop[] = [
    {
      name: 'profile',
      withinMs: 15_000,
      seen: async () => {
        const profile = (await read(
          `${environment['PROFILE_STORE_URL']}/v1/projects/demo/profiles/${deal.subject}`,
        )) as { known: boolean };
        return profile.known;
      },
      advice: 'ingest did not pass the event on, or profile-store does not read it',
    },
    {
      name: 'alert',
      withinMs: 15_000,
      seen: async () =>
        JSON.stringify(await read(`${environment['ALERTING_URL']}/v1/projects/demo/alerts?limit=100`)).includes(
          deal.subject,
        ),
      advice: 'rule-engine made no decision, or alerting did not raise it',
    },
    {
      name: 'number',
      withinMs: 90_000,
      seen: () => isCounted(environment['CLICKHOUSE_ANALYST_URL'] ?? '', deal.id),
      advice: 'sql-executor did not write the row into ClickHouse (project_demo.deals)',
    },
  ];
  const results = await Promise.all(
    hops.map(async (hop) => {
      const seen = await waitUntil(hop.seen, hop);
      if (seen) say(hop.name, 'seen', beganMs);
      return { hop, seen };
    }),
  );
  const missing = results.find(({ seen }) => !seen);
  if (missing === undefined) {
    process.stdout.write('check passed: the event became a number, a profile and an alert\n');
    return 0;
  }
  const { name, withinMs, advice } = missing.hop;
  process.stderr.write(
    `check failed at the ${name}: not seen within ${withinMs / 1000} s (${advice}; the logs say more)\n`,
  );
  return 1;
}

function say(hop: string, what: string, beganMs: number): void {
  process.stdout.write(`  ${hop.padEnd(8)} ${what} after ${Math.round(performance.now() - beganMs)} ms\n`);
}

async function send(ingestUrl: string, writeKey: string, event: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${ingestUrl}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  }).catch(() => undefined);
  if (response?.status === 202) return;
  const answer =
    response === undefined ? 'nobody answers' : `${response.status} ${(await response.text()).slice(0, 500)}`;
  throw new Sentence(`check failed at ingest: the event was not accepted (${answer}).`);
}

async function getJson(url: string, key: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

async function isCounted(clickhouseUrl: string, eventId: string): Promise<boolean> {
  const { origin, username, password } = new URL(clickhouseUrl);
  const sql = 'SELECT count() FROM project_demo.deals WHERE event_id = {event:String}';
  const response = await fetch(`${origin}/?param_event=${encodeURIComponent(eventId)}`, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': decodeURIComponent(username), 'X-ClickHouse-Key': decodeURIComponent(password) },
    signal: AbortSignal.timeout(5_000),
  });
  return response.ok && Number(await response.text()) > 0;
}
