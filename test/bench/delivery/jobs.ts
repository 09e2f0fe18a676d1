import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cancelJob, jobStatus, untilJobEnds } from '@hermes/stack/flink/job-manager';
import type { RunningFlink } from '@hermes/stack/flink/cluster';
import { GatewaySession } from '@hermes/stack/flink/sql-gateway';
import { guardedArgv } from '@hermes/stack/process/guarded-spawn';
import { planScript } from '@hermes/stream-sql/planner/plan-script';
import type { LiveOrder, LiveSaid } from '@hermes/stream-sql/testing/live-run';
import { BenchChild } from '../child.ts';
import { runningSums } from './clicks.ts';
import type { RelaySetting } from './relay.ts';

/** A project is the part of its topics' names before the dot. */
export const PROJECT = 'bench';
const LIVE = fileURLToPath(new URL('../../../services/sql-executor/src/testing/live-process.ts', import.meta.url));
const ENDS_WITHIN_MS = 60_000;

export type Guarantee = 'at-least-once' | 'exactly-once';

export interface Ways {
  readonly brokers: string;
  readonly input: string;
  readonly output: string;
}

/** What stands between the two topics. It reads everything that is written after its start. */
export interface RunningJob {
  /** Of the process whose processor time is the job's. */
  readonly pid: number;
  stop(): Promise<void>;
}

const kafkaTable = (topic: string, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  connector: 'kafka',
  topic,
  format: 'json',
  ...given,
});

const READ = { 'scan.startup.mode': 'earliest-offset' };
const BY_KEY = { 'key.fields': 'k', 'key.format': 'raw' };

/** The process of a run, as the supervisor starts it; with the short turns that the local stack gives to services. */
export async function embeddedJob(
  { brokers, input, output }: Ways,
  guarantee: Guarantee,
  checkpointIntervalMs: number,
): Promise<RunningJob> {
  const { tables, insert } = runningSums({
    input: kafkaTable(input, READ),
    output: kafkaTable(output, { ...BY_KEY, 'sink.delivery-guarantee': guarantee }),
  });
  const planned = planScript([...tables, insert].map((statement) => `${statement};`).join('\n'), { project: PROJECT });
  if (planned.kind === 'refused' || planned.plan === null) throw new Error(JSON.stringify(planned));
  const [guard, ...argv] = guardedArgv({
    argv: [process.execPath, ...process.execArgv],
    turn: 'short',
  });
  const child = fork(LIVE, { serialization: 'advanced', execPath: guard, execArgv: argv });
  const order = { project: PROJECT, plan: planned.plan, brokers: brokers.split(','), checkpointIntervalMs };
  child.send(order satisfies LiveOrder);
  return {
    pid: await running(child),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

const running = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('message', (said: LiveSaid) => {
      if (said.kind === 'running') resolve(said.pid);
      else reject(new Error(`the run ended: ${said.reason}`));
    });
    child.once('exit', () => reject(new Error('the run ended before it read')));
  });

/** The same text on a real Flink. */
export async function flinkJob(
  { brokers, input, output }: Ways,
  flink: RunningFlink,
  guarantee: Guarantee,
  settings: Readonly<Record<string, string>>,
): Promise<RunningJob> {
  const properties = { 'properties.bootstrap.servers': brokers, 'properties.group.id': 'bench' };
  // Kafka refuses transactions of more than 15 minutes.
  const ofTransactions =
    guarantee === 'exactly-once'
      ? { 'sink.transactional-id-prefix': output, 'properties.transaction.timeout.ms': '600000' }
      : {};
  const { tables, insert } = runningSums({
    input: kafkaTable(input, { ...READ, ...properties }),
    output: kafkaTable(output, {
      ...BY_KEY,
      'properties.bootstrap.servers': brokers,
      'sink.delivery-guarantee': guarantee,
      ...ofTransactions,
    }),
  });
  const session = await GatewaySession.open(flink.gatewayUrl, { 'parallelism.default': '1', ...settings });
  let jobId: string | undefined;
  for (const statement of [...tables, insert]) {
    const result = await session.execute(statement);
    if (result.kind === 'failed') throw new Error(`Flink refuses ${statement}: ${result.message}`);
    jobId = result.jobId;
  }
  if (jobId === undefined) throw new Error('Flink has started no job');
  const id = jobId;
  const untilMs = performance.now() + ENDS_WITHIN_MS;
  while ((await jobStatus(flink.jobManagerUrl, id)).state !== 'RUNNING') {
    if (performance.now() > untilMs) throw new Error('Flink does not run the job');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    pid: flink.taskManagerPid,
    async stop() {
      await cancelJob(flink.jobManagerUrl, id);
      await untilJobEnds(flink.jobManagerUrl, id, ENDS_WITHIN_MS);
      await session.close();
    },
  };
}

/** No job: records are copied as they come. */
export async function relayJob({ brokers, input, output }: Ways): Promise<RunningJob> {
  const child = new BenchChild<null>(new URL('./relay.ts', import.meta.url), {
    brokers,
    input,
    output,
  } satisfies RelaySetting);
  await child.reached('running');
  return {
    pid: child.pid,
    async stop() {
      child.stop();
      await child.result;
    },
  };
}
