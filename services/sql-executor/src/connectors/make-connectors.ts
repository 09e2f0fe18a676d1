import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { PlanNode, TablePlan } from '@hermes/stream-sql/planner/plan';
import type { RunOrder } from '../runs/messages.ts';
import { clickHouseTarget, type WrittenTable, writtenTable } from '../targets/plan-tables.ts';
import { FinalFailure } from '../worker/final-failure.ts';
import { blackholeSink } from './blackhole/blackhole-sink.ts';
import { clickHouseSink } from './clickhouse/clickhouse-sink.ts';
import type { LookupTable, Sink, Source } from './connector.ts';
import { profileLookup } from './hermes-profile/profile-lookup.ts';
import { profileSink } from './hermes-profile/profile-sink.ts';
import { kafkaSinkProblem, kafkaSourceProblem } from './kafka/kafka-problems.ts';
import { kafkaSink } from './kafka/kafka-sink.ts';
import { KafkaSource } from './kafka/kafka-source.ts';
import { printSink } from './print/print-sink.ts';
import type { UseProblem } from './use-problem.ts';

const FETCH_BYTES = 65_536;
const LONGEST_FETCH_WAIT_MS = 250;

/** Everything through which a run meets the outside, by the node of its plan. */
export interface Connectors {
  readonly sources: ReadonlyMap<number, Source>;
  readonly sinks: ReadonlyMap<number, Sink>;
  readonly lookups: ReadonlyMap<number, LookupTable>;
}

/** What there is code for, by what a plan does with a table. */
const AVAILABLE = {
  source: ['kafka'],
  sink: ['kafka', 'clickhouse', 'hermes-profile', 'print', 'blackhole'],
  'lookup-join': ['hermes-profile'],
} as const;

export const connectorsFor = (use: keyof typeof AVAILABLE): readonly string[] => AVAILABLE[use];

export const canRun = (use: keyof typeof AVAILABLE, connector: string): boolean =>
  connectorsFor(use).includes(connector);

/** What a declaration does not say: whether the table can be used as the plan does. */
export function useProblem(node: PlanNode, project: string): UseProblem | undefined {
  if (node.kind === 'source' && node.table.connector === 'kafka') return kafkaSourceProblem(node.table);
  if (node.kind === 'sink' && node.table?.connector === 'kafka') return kafkaSinkProblem(node.table, project);
  return undefined;
}

type Of<K extends PlanNode['kind']> = Extract<PlanNode, { kind: K }>;

/** Opens nothing yet but clients that connect when first used. Rejects with FinalFailure for what this installation does not have. */
export async function makeConnectors(order: RunOrder, kafka: KafkaDriver): Promise<Connectors> {
  const sources = new Map<number, Source>();
  const sinks = new Map<number, Sink>();
  const lookups = new Map<number, LookupTable>();
  for (const [index, node] of order.plan.nodes.entries()) {
    const problem = useProblem(node, order.project);
    if (problem !== undefined) throw new FinalFailure('table-unusable', `${problem.message}: ${problem.hint}`);
    if (node.kind === 'source') sources.set(index, sourceOf(order, kafka, node.table, index));
    else if (node.kind === 'sink') sinks.set(index, sinkOf(order, kafka, writtenTable(node, index)));
    else if (node.kind === 'lookup-join') lookups.set(index, await lookupOf(order, node));
  }
  return { sources, sinks, lookups };
}

function sourceOf(
  { plan, checkpointIntervalMs }: RunOrder,
  kafka: KafkaDriver,
  table: TablePlan,
  index: number,
): Source {
  if (table.connector !== 'kafka') throw noConnector(table, 'read');
  // A row becomes visible with its checkpoint: a quarter of that may pass before it is fetched.
  const maxWaitMs = Math.min(LONGEST_FETCH_WAIT_MS, Math.ceil(checkpointIntervalMs / 4));
  return new KafkaSource(kafka, plan, index, { minBytes: FETCH_BYTES, maxWaitMs });
}

function sinkOf(order: RunOrder, kafka: KafkaDriver, written: WrittenTable | undefined): Sink {
  if (written === undefined) throw new Error('a run writes into tables; a preview is no run');
  const { project, job, database, clickhouseUrl, allowed } = order;
  const { table, columns } = written;
  switch (table.connector) {
    case 'kafka': {
      const { options } = table;
      const transactional = options['sink.delivery-guarantee'] === 'exactly-once' && order.delivery === 'exactly-once';
      const delivery = transactional ? 'exactly-once' : 'at-least-once';
      return kafkaSink(kafka, { project, columns, options, delivery });
    }
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

async function lookupOf({ project, profileStore }: RunOrder, node: Of<'lookup-join'>): Promise<LookupTable> {
  if (node.table.connector !== 'hermes-profile') throw noConnector(node.table, 'looked up');
  if (profileStore === null)
    throw new FinalFailure(
      'no-profile-store',
      'profiles cannot be looked up here: PROFILE_STORE_URL and HERMES_SERVICE_SECRET are not set',
    );
  const lookup = profileLookup(project, node, profileStore);
  await lookup.check();
  return lookup;
}

const noConnector = ({ name, connector }: TablePlan, what: string): FinalFailure =>
  new FinalFailure(
    'no-connector',
    `the table ${name} cannot be ${what}: this version has no connector '${connector}' for it`,
  );
