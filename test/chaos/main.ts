/**
 * `npm run chaos -- --rounds 20 --seed S [--file F] [--only UNIT,UNIT] [--keep]`: replays deals into a fresh project of a Hermes of
 * its own while processes are killed, then compares everything that the product holds with an independent recomputation from
 * the file. Exit code 1 on any difference. With `--sql --seconds 120`: SQL jobs with every sink instead.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FeatureView } from '@hermes/contracts/feature-api';
import { IngestClient } from '@hermes/stack/api/ingest-client';
import { type TestHermes, startHermes } from '@hermes/stack/testing/hermes';
import { z } from 'zod';
import { type FreshProject, makeFreshProject } from '../scenario/fresh-project.ts';
import { publishFeatures, untilLive } from '../scenario/publish-features.ts';
import { type RunningReplay, startReplay } from '../scenario/replay-tool.ts';
import { textTable } from '../scenario/text-table.ts';
import { WebhookReceiver } from '../scenario/webhook-receiver.ts';
import { type Comparison, compare, isEqual } from './comparison.ts';
import { DEAL_TYPE, type Deal, dealsAsCsv, generateDeals, readDeals } from './deals.ts';
import { type Dice, diceOf } from './dice.ts';
import { type Truth, recompute } from './expectation.ts';
import { EARLY_FEATURES, MIDWAY_FEATURES } from './features.ts';
import { type Strike, UNITS, planStrikes, replayMs } from './kill-plan.ts';
import { Observation } from './observation.ts';
import { JOBS, PROJECT, TICK_TYPE, plan } from './project-plan.ts';
import { type Struck, strikeDuring } from './replay-under-fire.ts';
import { settle } from './settle.ts';
import { soak } from './sql/soak.ts';
import { WebhookLog } from './webhook-log.ts';

const DEFAULT_FILE = resolve(import.meta.dirname, '../../../shared/data/beijing-deals.csv.gz');
const MAP = join(import.meta.dirname, 'deals.map.json');
const GENERATED_DEALS = 8_000;
/** One strike falls into each. About what the slowest server takes to come back, so that recoveries sometimes overlap. */
const ROUND_MS = 8_000;
const LOOK_EVERY_MS = 2_000;
/** Longer than any recovery: when nothing has moved for so long, nothing will. */
const STILL_MS = 90_000;
/** After the goal is reached: time for what must not come. */
const LINGER_MS = 5_000;
const TICK_SUBJECTS = 32;
/** Features are published in the midst of the strikes, when so much of the replay's time is over. */
const MIDWAY = 0.4;
const LIVE_WITHIN_MS = 180_000;

const say = (text: string): void => console.log(text);

function dealsFrom(file: string | undefined, dice: Dice): readonly Deal[] {
  if (file !== undefined) return readDeals(resolve(file));
  if (existsSync(DEFAULT_FILE)) return readDeals(DEFAULT_FILE);
  say(`No file given and none at its usual place: ${String(GENERATED_DEALS)} deals are generated from the seed.`);
  return generateDeals(dice, GENERATED_DEALS);
}

async function startJobs(project: FreshProject): Promise<void> {
  for (const [name, sql] of Object.entries(JOBS)) {
    const made = await project.client.service('sql-executor', 'POST', `projects/${PROJECT}/jobs`, { name, sql });
    const { id } = z.object({ id: z.string() }).parse(await made.json());
    await project.client.service('sql-executor', 'POST', `projects/${PROJECT}/jobs/${id}/start`);
  }
}

interface Fire {
  readonly deals: readonly Deal[];
  readonly strikes: readonly Strike[];
  readonly seed: number;
}

/** The whole file in one replay under all strikes; then two parts of it once more, which must change nothing. */
async function replayUnderFire(
  hermes: TestHermes,
  project: FreshProject,
  { deals, strikes, seed }: Fire,
  folder: string,
): Promise<void> {
  const write = async (name: string, part: readonly Deal[]): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, dealsAsCsv(part));
    return file;
  };
  const start = (file: string, rowsPerS?: number): RunningReplay =>
    startReplay({
      file,
      project: PROJECT,
      type: DEAL_TYPE,
      map: MAP,
      key: project.writeKey,
      dataDir: hermes.dataDir,
      ...(rowsPerS === undefined ? {} : { rowsPerS }),
    });
  const lastsMs = replayMs(strikes.length, ROUND_MS);
  const rowsPerS = Number(((deals.length / lastsMs) * 1000).toFixed(3));
  say(`one replay of ${(lastsMs / 1000).toFixed(0)} s at ${rowsPerS.toFixed(1)} rows/s, longer by what outages take`);
  const replay = start(await write('deals.csv', deals), rowsPerS);
  const publishing = publishMidway(project, replay, lastsMs * MIDWAY);
  // Whoever waits below sees the failure; this keeps it from being called unhandled before that.
  publishing.catch(() => undefined);
  try {
    const struck = await strikeDuring(replay, hermes, strikes, ({ units, happenedMs }) => {
      say(`  ${(happenedMs / 1000).toFixed(1).padStart(6)} s  kill -9 of ${units.join(' and ')}`);
    });
    reportStrikes(struck, deals.length);
    await publishing;
  } finally {
    replay.kill();
  }
  const dice = diceOf(seed + 3);
  const size = Math.ceil(deals.length / strikes.length);
  for (const part of [0, Math.floor(dice() * strikes.length)]) {
    const file = await write(`again-${String(part)}.csv`, deals.slice(part * size, (part + 1) * size));
    await start(file).done;
  }
}

async function publishMidway(project: FreshProject, replay: RunningReplay, afterMs: number): Promise<void> {
  await replay.begun;
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await publishFeatures(project, PROJECT, MIDWAY_FEATURES);
  say(`  ${String(Object.keys(MIDWAY_FEATURES).length)} features published in the midst of it`);
}

function reportStrikes(strikes: readonly Struck[], rows: number): void {
  const lines = strikes.map(({ units, atMs, happenedMs, rowsSent }, round) => [
    round + 1,
    units.join(' and '),
    (atMs / 1000).toFixed(1),
    (happenedMs / 1000).toFixed(1),
    rowsSent,
    `${((100 * rowsSent) / rows).toFixed(1)} %`,
    rowsSent < rows ? 'yes' : 'NO',
  ]);
  const headings = ['strike', 'kill -9 of', 'planned at s', 'at s', 'rows sent', 'of the file', 'during the replay'];
  say(`\n${textTable(headings, lines)}\n`);
}

function reportFills(views: readonly FeatureView[]): void {
  const rows = views.map(({ id, filled }) => [
    id,
    (filled?.partitions ?? []).map(({ cut }) => (Array.isArray(cut) ? cut.join('/') : String(cut))).join(' '),
    (filled?.partitions ?? []).reduce((sum, { events }) => sum + events, 0),
  ]);
  say(`\n${textTable(['feature', 'live from these offsets on', 'deals from history'], rows)}\n`);
}

/** Reads everything and compares it with the truth. */
async function compareAll(
  observation: Observation,
  truth: Truth,
  webhooks: WebhookLog,
): Promise<readonly Comparison[]> {
  return [
    compare('event_log: events', truth.events, await observation.events()),
    compare('job deals: rows', truth.rows, await observation.rows()),
    compare('job deals: sums by district and month', truth.sums, await observation.rowSums()),
    compare('job sums: windows by district and month', truth.sums, await observation.sums()),
    compare('profiles: counts, first and last seen', truth.profiles, await observation.profiles(truth.profiles.keys())),
    compare(
      'features by subject and district',
      truth.features,
      await observation.features(new Set(truth.features.keys())),
    ),
    compare('decisions', truth.decisions, await observation.decisions()),
    compare('alerts', truth.alerts, await observation.alerts()),
    compare('webhooks by idempotency key', truth.alerts, webhooks.entries()),
  ];
}

/** Goal of the settling: everything that must come, as one number. */
const goalOf = (truth: Truth): number =>
  truth.events.size + truth.rows.size + truth.rows.size + truth.decisions.size + truth.alerts.size + truth.alerts.size;

async function progressOf(observation: Observation, webhooks: WebhookLog): Promise<number> {
  const inWindows = (await observation.sums()).reduce((total, [, value]) => total + Number(value.split(' ')[0]), 0);
  const [events, rows, decisions, alerts] = await Promise.all([
    observation.events(),
    observation.rows(),
    observation.decisions(),
    observation.alerts(),
  ]);
  return events.length + rows.length + inWindows + decisions.length + alerts.length + webhooks.size;
}

function report(comparisons: readonly Comparison[]): void {
  const rows = comparisons.map((c) => [
    c.what,
    c.expected,
    c.actual,
    c.missing,
    c.unexpected,
    c.repeated,
    c.different,
    isEqual(c) ? 'equal' : 'DIFFERENT',
  ]);
  say(`\n${textTable(['what', 'expected', 'actual', 'missing', 'unexpected', 'repeated', 'different', ''], rows)}\n`);
  for (const example of comparisons.flatMap((comparison) => comparison.examples)) say(`  ${example}`);
}

async function run(hermes: TestHermes, folder: string, fire: Fire): Promise<boolean> {
  const { deals, seed } = fire;
  const truth = recompute(deals);
  const webhooks = new WebhookLog(diceOf(seed + 1));
  const receiver = await WebhookReceiver.open((arrival) => webhooks.take(arrival));
  const project = await makeFreshProject(hermes, plan(receiver.url));
  await startJobs(project);
  await publishFeatures(project, PROJECT, EARLY_FEATURES);
  await untilLive(project, PROJECT, Object.keys(EARLY_FEATURES), LIVE_WITHIN_MS);
  const observation = new Observation(hermes, project);
  await replayUnderFire(hermes, project, fire, folder);

  say('all is sent; waiting until everything has arrived');
  const ingest = new IngestClient(hermes.url('INGEST_URL'), project.writeKey);
  const goal = goalOf(truth);
  let looks = 0;
  await settle({
    goal,
    everyMs: LOOK_EVERY_MS,
    stillMs: STILL_MS,
    progress: () => progressOf(observation, webhooks),
    onLook: async (now) => {
      if (looks++ % 5 === 0) say(`  ${((100 * Math.max(0, now)) / goal).toFixed(1)} %`);
      // Time goes on in every partition, so that the last windows close.
      const ticks = Array.from({ length: TICK_SUBJECTS }, (_, i) => tick(looks, i));
      await ingest.send(ticks, { giveUpAfterMs: 30_000 });
    },
  });
  const filled = await untilLive(project, PROJECT, Object.keys(MIDWAY_FEATURES), LIVE_WITHIN_MS);
  reportFills(filled);
  await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
  const comparisons = await compareAll(observation, truth, webhooks);
  report(comparisons);
  say(`${String(webhooks.requests)} webhook requests, ${String(webhooks.refusals)} of them refused on purpose.`);
  await observation.close();
  await receiver.close();
  return comparisons.every(isEqual);
}

const tick = (look: number, i: number) =>
  ({
    specversion: '1.0',
    id: `${String(look)}-${String(i)}`,
    source: 'chaos:clock',
    type: TICK_TYPE,
    subject: `clock:${String(i)}`,
    time: new Date().toISOString(),
    data: {},
  }) as const;

async function soakJobs(seconds: number, seed: number, keep: boolean): Promise<number> {
  if (!Number.isInteger(seconds) || seconds < 1) throw new Error('--seconds is a whole number.');
  say(`SQL jobs for ${String(seconds)} s, seed ${String(seed)}`);
  const folder = await mkdtemp(join(tmpdir(), 'hermes-soak-'));
  let isExact = false;
  try {
    const comparisons = await soak({ seconds, seed, folder, say });
    report(comparisons);
    isExact = comparisons.every(isEqual);
  } finally {
    if (keep || !isExact) say(`logs and data: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
  return isExact ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      seed: { type: 'string' },
      file: { type: 'string' },
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      sql: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '120' },
    },
  });
  const rounds = Number(values.rounds);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed))
    throw new Error('--rounds and --seed are whole numbers.');
  if (values.sql) return soakJobs(Number(values.seconds), seed, values.keep);
  const deals = dealsFrom(values.file, diceOf(seed + 2));
  const only = values.only === undefined ? UNITS : z.array(z.enum(UNITS)).min(1).parse(values.only.split(','));
  const strikes = planStrikes(diceOf(seed), rounds, ROUND_MS, only);
  say(`${String(deals.length)} deals, ${String(rounds)} rounds, seed ${String(seed)}`);
  const folder = await mkdtemp(join(tmpdir(), 'hermes-chaos-'));
  const hermes = await startHermes({ dataDir: join(folder, 'data'), args: ['--no-demo'] });
  let isExact = false;
  try {
    isExact = await run(hermes, folder, { deals, strikes, seed });
  } finally {
    await hermes.stop();
    if (values.keep || !isExact) say(`logs and data: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
  say(
    isExact
      ? `Equal to the last unit (seed ${String(seed)}).`
      : `DIFFERENT. The same again: --rounds ${String(rounds)} --seed ${String(seed)}`,
  );
  return isExact ? 0 : 1;
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }),
);
