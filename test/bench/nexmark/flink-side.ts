import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { jobStatus, untilJobEnds } from '@hermes/stack/flink/job-manager';
import type { RunningFlink } from '@hermes/stack/flink/cluster';
import { GatewaySession } from '@hermes/stack/flink/sql-gateway';
import { JsonCursor } from '@hermes/stream-sql/json/json-cursor';
import { jsonObjectReader } from '@hermes/stream-sql/json/read-json-value';
import { nexmarkTables } from '@hermes/stream-sql/planner/testing/nexmark';
import type { Field, Row, Value } from '@hermes/stream-sql/values/data-type';
import { cpuBetween, cpuOf, residentBytesOf } from '../service/process-cpu.ts';
import type { NexmarkQuery } from './nexmark-queries.ts';
import { RowChecksum } from '@hermes/stream-sql/testing/row-checksum';

const WITHIN_MS = 900_000;

export interface FlinkResult {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly rssMb: number;
}

const kafkaOptions = (topic: string, brokers: string): Record<string, string> => ({
  connector: 'kafka',
  topic,
  'properties.bootstrap.servers': brokers,
  'properties.group.id': 'nexmark',
  'scan.startup.mode': 'earliest-offset',
  'scan.bounded.mode': 'latest-offset',
  format: 'json',
});

/** A cluster, and what its jobs read. */
export interface FlinkSide {
  readonly flink: RunningFlink;
  readonly topic: string;
  readonly brokers: string;
  readonly checkpointMs: number;
}

async function session({ flink, topic, brokers, checkpointMs }: FlinkSide): Promise<GatewaySession> {
  const opened = await GatewaySession.open(flink.gatewayUrl, {
    'parallelism.default': '1',
    'execution.checkpointing.interval': `${checkpointMs} ms`,
  });
  for (const statement of nexmarkTables(kafkaOptions(topic, brokers)).split(';')) {
    if (statement.trim() !== '') await mustBe(opened, statement);
  }
  return opened;
}

async function mustBe(opened: GatewaySession, statement: string): Promise<string | undefined> {
  const result = await opened.execute(statement);
  if (result.kind === 'failed') throw new Error(`Flink refuses ${statement.slice(0, 200)}: ${result.message}`);
  return result.jobId;
}

async function insert(opened: GatewaySession, query: NexmarkQuery, sink: string): Promise<string> {
  await mustBe(opened, `CREATE TABLE sink_of_query (${query.sink}) WITH (${sink})`);
  for (const statement of query.before.split(';')) if (statement.trim() !== '') await mustBe(opened, statement);
  const jobId = await mustBe(opened, `INSERT INTO sink_of_query ${query.select}`);
  if (jobId === undefined) throw new Error(`Flink has started no job for ${query.name}`);
  return jobId;
}

/** One timed run into Flink's blackhole; processor time is its TaskManager's, garbage collection included. */
export async function timedFlinkRun(side: FlinkSide, query: NexmarkQuery): Promise<FlinkResult> {
  const { flink } = side;
  const opened = await session(side);
  const before = cpuOf(flink.taskManagerPid);
  const jobId = await insert(opened, query, "'connector' = 'blackhole'");
  await ended(flink, jobId);
  const { startMs, endMs } = await jobStatus(flink.jobManagerUrl, jobId);
  return {
    cpuMs: cpuBetween(before, cpuOf(flink.taskManagerPid)).ownS * 1_000,
    wallMs: endMs - startMs,
    rssMb: Math.round(residentBytesOf(flink.taskManagerPid) / 1_048_576),
  };
}

async function ended(flink: RunningFlink, jobId: string): Promise<void> {
  const { state } = await untilJobEnds(flink.jobManagerUrl, jobId, WITHIN_MS);
  if (state !== 'FINISHED') throw new Error(`Flink's job ended as ${state}`);
}

/** Runs the query into a topic as a changelog, and sums up what it says. `fields`: of the sink. */
export async function verifyingFlinkRun(
  side: FlinkSide,
  query: NexmarkQuery,
  fields: readonly Field[],
): Promise<string> {
  const { flink, brokers } = side;
  const kafka = openKafka({ brokers: [brokers], clientId: 'nexmark-verify' });
  const output = `nexmark-out-${query.name}-${Date.now()}`;
  try {
    const admin = await kafka.admin();
    const spec = { name: output, partitions: 1, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 } as const;
    await admin.ensureTopics([spec]);
    const opened = await session(side);
    const options = {
      connector: 'kafka',
      topic: output,
      'properties.bootstrap.servers': brokers,
      format: 'debezium-json',
    };
    const jobId = await insert(
      opened,
      query,
      Object.entries(options)
        .map(([key, value]) => `'${key}' = '${value}'`)
        .join(', '),
    );
    await ended(flink, jobId);
    return await sumUp(kafka, output, fields, query.key);
  } finally {
    await (await kafka.admin()).deleteTopics([output]).catch(() => undefined);
    await kafka.close();
  }
}

/** Debezium's envelope: `before` and `after` are rows, one of them null. */
async function sumUp(
  kafka: ReturnType<typeof openKafka>,
  topic: string,
  fields: readonly Field[],
  key: number | undefined,
): Promise<string> {
  const row = { kind: 'ROW', fields, nullable: true } as const;
  const read = jsonObjectReader(
    [
      { name: 'before', type: row },
      { name: 'after', type: row },
    ],
    { ignoreParseErrors: false, failOnMissingField: false, timestampFormat: 'SQL' },
    () => true,
  );
  const checksum = new RowChecksum();
  const byKey = new Map<Value, Row>();
  const follower = await kafka.follow({
    topic,
    onRecord: ({ value }) => {
      const [before, after] = read(new JsonCursor((value ?? Buffer.alloc(0)).toString('utf8'))) as [
        Row | null,
        Row | null,
      ];
      if (key !== undefined) {
        if (before !== null) byKey.delete(before[key]!);
        if (after !== null) byKey.set(after[key]!, after);
        return;
      }
      if (before !== null) checksum.remove(before);
      if (after !== null) checksum.add(after);
    },
  });
  await follower.caughtUp;
  await follower.close();
  for (const each of byKey.values()) checksum.add(each);
  return checksum.toString();
}
