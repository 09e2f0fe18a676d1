import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { shareSpans } from '@hermes/connectors/kafka/shared-spans';
import type { PlanNode, TablePlan } from '@hermes/stream-sql/planner/plan';
import type { RunOrder } from '../runs/messages.ts';
import { clickHouseTarget, type WrittenTable, writtenTable } from '../targets/plan-tables.ts';
import { FinalFailure } from '../worker/final-failure.ts';
import { blackholeSink } from './blackhole/blackhole-sink.ts';
import { clickHouseSink } from './clickhouse/clickhouse-sink.ts';
import type { LookupTable, Sink, Source } from './connector.ts';
import { DatagenSource } from './datagen/datagen-source.ts';
import { fileSink } from './filesystem/file-sink.ts';
import { FileSource } from './filesystem/file-source.ts';
import { profileLookup } from './hermes-profile/profile-lookup.ts';
import { profileSink } from './hermes-profile/profile-sink.ts';
import { jdbcLookup } from './jdbc/jdbc-lookup.ts';
import { jdbcSink } from './jdbc/jdbc-sink.ts';
import { kafkaSinkProblem, kafkaSourceProblem } from './kafka/kafka-problems.ts';
import { kafkaSink } from './kafka/kafka-sink.ts';
import { type KafkaPatience, KafkaSource } from './kafka/kafka-source.ts';
import { outsideLookup } from './lookup/outside-lookup.ts';
import { outsideUrl } from './outside-url.ts';
import { printSink } from './print/print-sink.ts';
import { redisLookup } from './redis/redis-lookup.ts';
import { redisSink } from './redis/redis-sink.ts';
import type { UseProblem } from './use-problem.ts';

const FETCH_BYTES = 65_536;
const LONGEST_FETCH_WAIT_MS = 250;
/** At 1,000 rows a second a third of the requests then, which the broker answers the sooner. A row that comes after a quiet time does not wait. */
const GATHER_MS = 2;

/** Everything through which a run meets the outside, by the node of its plan. */
export interface Connectors {
  readonly sources: ReadonlyMap<number, Source>;
  readonly sinks: ReadonlyMap<number, Sink>;
  readonly lookups: ReadonlyMap<number, LookupTable>;
}

/** What there is code for, by what a plan does with a table. */
const AVAILABLE = {
  source: ['kafka', 'upsert-kafka', 'filesystem', 'datagen'],
  sink: ['kafka', 'upsert-kafka', 'clickhouse', 'hermes-profile', 'redis', 'jdbc', 'filesystem', 'print', 'blackhole'],
  'lookup-join': ['hermes-profile', 'redis', 'jdbc'],
} as const;

export const connectorsFor = (use: keyof typeof AVAILABLE): readonly string[] => AVAILABLE[use];

export const canRun = (use: keyof typeof AVAILABLE, connector: string): boolean =>
  connectorsFor(use).includes(connector);

const isKafka = ({ connector }: TablePlan): boolean => connector === 'kafka' || connector === 'upsert-kafka';

/** What a declaration does not say: whether the table can be used as the plan does. */
export function useProblem(node: PlanNode, project: string): UseProblem | undefined {
  if (node.kind === 'source' && node.table.connector === 'kafka') return kafkaSourceProblem(node.table);
  if (node.kind === 'sink' && node.table !== null && isKafka(node.table)) return kafkaSinkProblem(node.table, project);
  return undefined;
}

type Of<K extends PlanNode['kind']> = Extract<PlanNode, { kind: K }>;

/** What it takes to read, whoever reads. */
type InputOrder = Pick<RunOrder, 'project' | 'plan' | 'checkpointIntervalMs' | 'outside' | 'profileStore'>;

/** Opens nothing yet but clients that connect when first used. Rejects with FinalFailure for what this installation does not have. */
export async function makeConnectors(order: RunOrder, kafka: KafkaDriver): Promise<Connectors> {
  const sinks = new Map<number, Sink>();
  for (const [index, node] of order.plan.nodes.entries())
    if (node.kind === 'sink') sinks.set(index, sinkOf(order, kafka, writtenTable(node, index)));
  return { sinks, ...(await makeInputs(order, kafka)) };
}

/** The tables that a plan reads and looks up. As `makeConnectors`. */
export async function makeInputs(order: InputOrder, kafka: KafkaDriver): Promise<Omit<Connectors, 'sinks'>> {
  const shared = shareSpans(kafka);
  const sources = new Map<number, Source>();
  const lookups = new Map<number, LookupTable>();
  for (const [index, node] of order.plan.nodes.entries()) {
    const problem = useProblem(node, order.project);
    if (problem !== undefined) throw new FinalFailure('table-unusable', `${problem.message}: ${problem.hint}`);
    if (node.kind === 'source') sources.set(index, sourceOf(order, { kafka, shared }, node, index));
    else if (node.kind === 'lookup-join') lookups.set(index, await lookupOf(order, node));
  }
  return { sources, lookups };
}

interface Fetching {
  readonly kafka: KafkaDriver;
  /** All sources of the run fetch through it. */
  readonly shared: Pick<KafkaDriver, 'readSpans'>;
}

function sourceOf(order: InputOrder, { kafka, shared }: Fetching, node: Of<'source'>, index: number): Source {
  switch (node.table.connector) {
    case 'kafka':
    case 'upsert-kafka':
      return new KafkaSource(kafka, order.plan, index, kafkaPatience(order), shared);
    case 'filesystem':
      return new FileSource(projectFolder(order), node);
    case 'datagen':
      return new DatagenSource(node);
    default:
      throw noConnector(node.table, 'read');
  }
}

/** Where rows become visible with their checkpoint, a tenth of its interval may pass before they are fetched; where they leave as they come, none. */
function kafkaPatience({ plan, checkpointIntervalMs }: InputOrder): KafkaPatience {
  const leavesAtOnce = plan.nodes.some((node) => {
    if (node.kind !== 'sink' || node.table === null) return false;
    const { connector, options } = node.table;
    return connector === 'print' || (isKafka(node.table) && options['sink.delivery-guarantee'] !== 'exactly-once');
  });
  return leavesAtOnce
    ? { minBytes: 1, maxWaitMs: LONGEST_FETCH_WAIT_MS, gatherMs: GATHER_MS }
    : { minBytes: FETCH_BYTES, maxWaitMs: Math.min(LONGEST_FETCH_WAIT_MS, Math.ceil(checkpointIntervalMs / 10)) };
}

function sinkOf(order: RunOrder, kafka: KafkaDriver, written: WrittenTable | undefined): Sink {
  if (written === undefined) throw new Error('a run writes into tables; a preview is no run');
  const { project, job, database, clickhouseUrl, allowed } = order;
  const { table, columns } = written;
  switch (table.connector) {
    case 'kafka':
    case 'upsert-kafka': {
      const { options } = table;
      const upsertKey =
        table.connector === 'upsert-kafka' ? table.primaryKey.map((at) => table.columns[at]!.name) : null;
      const delivery = options['sink.delivery-guarantee'] === 'exactly-once' ? 'exactly-once' : 'at-least-once';
      return kafkaSink(kafka, { project, columns, options, upsertKey, delivery });
    }
    case 'redis':
      return redisSink(written, outsideUrl(order, table));
    case 'jdbc':
      return jdbcSink(written, outsideUrl(order, table));
    case 'filesystem':
      return fileSink(projectFolder(order), columns, table.options);
    case 'print':
      return printSink(columns, table.options);
    case 'clickhouse': {
      const client = openClickHouse(clickhouseUrl, { maxConnections: 2 });
      const target = clickHouseTarget(written);
      return clickHouseSink(client, { database, table: target.table, columns: target.columns });
    }
    case 'hermes-profile':
      return profileSink(
        kafka,
        { project, job },
        {
          subject: columns.findIndex(({ name }) => name === 'subject'),
          columns: columns.map(({ name, type }) => ({
            name,
            type,
            allowed: Object.hasOwn(allowed, name) ? allowed[name] : undefined,
          })),
        },
      );
    case 'blackhole':
      return blackholeSink();
    default:
      throw noConnector(table, 'written');
  }
}

async function lookupOf(order: InputOrder, node: Of<'lookup-join'>): Promise<LookupTable> {
  const { project, profileStore } = order;
  switch (node.table.connector) {
    case 'redis':
      return outsideLookup(redisLookup(node, outsideUrl(order, node.table)), node.table.options);
    case 'jdbc':
      return outsideLookup(jdbcLookup(node, outsideUrl(order, node.table)), node.table.options);
    case 'hermes-profile': {
      if (profileStore === null)
        throw new FinalFailure(
          'no-profile-store',
          'profiles cannot be looked up here: PROFILE_STORE_URL and HERMES_SERVICE_SECRET are not set',
        );
      const lookup = profileLookup(project, node, profileStore);
      await lookup.check();
      return lookup;
    }
    default:
      throw noConnector(node.table, 'looked up');
  }
}

/** The project's own folder, which is made when it is missing. */
function projectFolder({ project, outside }: Pick<RunOrder, 'project' | 'outside'>): string {
  if (outside.filesFolder === null)
    throw new FinalFailure('no-files', 'files cannot be read or written here: SQL_FILES_DIR is not set');
  const folder = join(outside.filesFolder, project);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const noConnector = ({ name, connector }: TablePlan, what: string): FinalFailure =>
  new FinalFailure(
    'no-connector',
    `the table ${name} cannot be ${what}: this version has no connector '${connector}' for it`,
  );
