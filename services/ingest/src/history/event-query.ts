import { EventTypeName, Subject } from '@hermes/contracts/identifiers';
import { z } from 'zod';
import { NO_PLACE } from './event-log.table.ts';

const Instant = z.iso.datetime({ offset: true, error: 'give an instant such as 2026-01-31T00:00:00Z' });
const MAX_TYPES = 200;

/** The query string of `GET /v1/projects/:p/events`. */
export const EventsQuery = z
  .strictObject({
    /** May be repeated. */
    type: z
      .union([EventTypeName, z.array(EventTypeName).min(1).max(MAX_TYPES)])
      .transform((type) => (typeof type === 'string' ? [type] : type))
      .optional(),
    subject: Subject.optional(),
    /** By `time`; included. */
    from: Instant.optional(),
    /** By `time`; not included. */
    to: Instant.optional(),
    /** By receipt; included. */
    receivedFrom: Instant.optional(),
    /** By receipt; included. */
    receivedTo: Instant.optional(),
    /** Of `<project>.events`. */
    partition: z.coerce.number().int().min(0).max(255).optional(),
    /** Only events that stand before it in the partition. */
    untilOffset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    /**
     * `subject-offset`: by subject, each subject's events as they stand in its partition. `log`: each partition's events as they stand there, the partitions
     * side by side by their clocks, which are the largest receipt so far.
     */
    order: z.enum(['type', 'subject', 'subject-offset', 'log']).default('type'),
    /** Only subjects after this one: where a reader goes on that has had all of it. */
    afterSubject: Subject.optional(),
    /** `true`: not before everything has landed that stands on `<project>.events` now, or before `untilOffset`. */
    complete: z
      .enum(['true', 'false'])
      .default('false')
      .transform((text) => text === 'true'),
    /** `true`: each line says at which offset of its partition the event stands, `{"offset": 7, "event": {...}}`; needs partition. */
    places: z
      .enum(['true', 'false'])
      .default('false')
      .transform((text) => text === 'true'),
    /** `true`: the header `hermes-events` says about how many there are. */
    counted: z
      .enum(['true', 'false'])
      .default('false')
      .transform((text) => text === 'true'),
    limit: z.coerce.number().int().min(1).optional(),
  })
  .refine(({ untilOffset, partition }) => untilOffset === undefined || partition !== undefined, {
    path: ['untilOffset'],
    message: 'an offset belongs to a partition; give it too',
  })
  .refine(({ places, partition }) => !places || partition !== undefined, {
    path: ['places'],
    message: 'an offset belongs to a partition; give it too',
  })
  .refine(
    ({ afterSubject, order }) => afterSubject === undefined || order === 'subject' || order === 'subject-offset',
    {
      path: ['afterSubject'],
      message: 'this needs order=subject or subject-offset',
    },
  );
export type EventsQuery = z.infer<typeof EventsQuery>;

/** Which events of a project, in which order. */
export type EventQuery = Partial<Omit<EventsQuery, 'complete' | 'counted'>>;

export interface EventSql {
  readonly query: string;
  /** How many there are about: repeats that have not fallen together yet count. */
  readonly count: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const ORDERS: Readonly<Record<EventsQuery['order'], string>> = {
  type: 'project, type, subject, time, source, id',
  subject: 'subject, time, source, id',
  // Of rows of an older build the offset is 0 for all.
  'subject-offset': 'subject, events_offset, time, source, id',
  log: 'clock, events_partition, events_offset, time, source, id',
};
/**
 * A partition's log is cut into stretches, so that the running clock holds one of them at a time: a window holds all of its rows from its beginning on, `data` included.
 * Of rows of an older build, which stand by their time, a stretch is a minute.
 */
const STRETCH = `if(events_partition = ${NO_PLACE}, intDiv(toUnixTimestamp64Milli(time), 60000), toInt64(intDiv(events_offset, 1024)))`;

/** Rows with the clock of their partition: the largest receipt of the stretches before theirs, and so far in their own. */
const clocked = (rows: string): string => `(
  SELECT *, greatest(before, max(received_at) OVER (
    PARTITION BY events_partition, stretch ORDER BY events_offset, time, source, id ROWS UNBOUNDED PRECEDING)) AS clock
  FROM (SELECT *, ${STRETCH} AS stretch FROM ${rows}) AS log
  LEFT JOIN (
    SELECT events_partition, stretch, max(latest) OVER (
      PARTITION BY events_partition ORDER BY stretch ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (SELECT events_partition, ${STRETCH} AS stretch, max(received_at) AS latest FROM ${rows} GROUP BY events_partition, stretch)
  ) AS stretches USING (events_partition, stretch))`;
/**
 * The stretches are few, and so are what a join is to hold, while the rows flow by. Small blocks, because sorts of rows that went to the disk hold some of each file: with
 * ClickHouse's own 65,000 rows, 2.5 million events of 0.6 kB took more than 1 GB, with these as much as an order by subject (0.7 GB).
 */
const CLOCK_SETTINGS = `SETTINGS query_plan_join_swap_table = 'false', max_block_size = 8192`;

/** ISO 8601 of an instant in milliseconds and UTC. */
const iso = (column: string): string => `replaceOne(toString(${column}), ' ', 'T'), 'Z'`;
const text = (column: string): string => `toJSONString(toString(${column}))`;

/**
 * A row as its line of NDJSON, written by ClickHouse: parsing each row here to write it anew would take ten times as long as reading it. `data`
 * goes out as it was kept.
 */
const EVENT_LINE = [
  `'{"specversion":"1.0","id":', ${text('id')}, ',"source":', ${text('source')}, ',"type":', ${text('type')}`,
  `',"subject":', ${text('subject')}, ',"time":"', ${iso('time')}, '","project":', ${text('project')}`,
  `',"receivedat":"', ${iso('received_at')}, '"', if(depth = 0, '', concat(',"hermesdepth":', toString(depth)))`,
  `',"data":', data, '}'`,
].join(', ');
/** With where it stands on `<project>.events`, for who cuts history at offsets. */
const PLACED_LINE = `'{"offset":', toString(events_offset), ',"event":', ${EVENT_LINE}, '}'`;

/**
 * The question to the event log: each row is one line. The same question gets the same order, and each event once.
 *
 * Rows of an older build have no place: they belong to the partition that their subject hashes to, and stand before every offset.
 *
 * @param partitions - of the project
 */
export function eventSql(project: string, partitions: number, query: EventQuery): EventSql {
  const parameters: Record<string, unknown> = { project };
  const filters = ['project = {project:String}'];
  const filter = (name: string, value: unknown, sql: string): void => {
    if (value === undefined) return;
    parameters[name] = value;
    filters.push(sql);
  };
  const instant = (name: string): string => `parseDateTime64BestEffort({${name}:String}, 3, 'UTC')`;
  filter('types', query.type, 'type IN {types:Array(String)}');
  filter('subject', query.subject, 'subject = {subject:String}');
  filter('afterSubject', query.afterSubject, 'subject > {afterSubject:String}');
  filter('from', query.from, `time >= ${instant('from')}`);
  filter('to', query.to, `time < ${instant('to')}`);
  filter('receivedFrom', query.receivedFrom, `received_at >= ${instant('receivedFrom')}`);
  filter('receivedTo', query.receivedTo, `received_at <= ${instant('receivedTo')}`);
  if (query.partition !== undefined) parameters['partitions'] = partitions;
  filter(
    'partition',
    query.partition,
    `if(events_partition = ${NO_PLACE}, kafkaMurmurHash(subject) % {partitions:UInt32}, events_partition) = {partition:UInt32}`,
  );
  filter('untilOffset', query.untilOffset, `(events_partition = ${NO_PLACE} OR events_offset < {untilOffset:UInt64})`);
  if (query.limit !== undefined) parameters['limit'] = query.limit;
  const rows = `ingest.event_log FINAL WHERE ${filters.join(' AND ')}`;
  return {
    parameters,
    count: `SELECT count() AS events FROM ingest.event_log WHERE ${filters.join(' AND ')}`,
    query: `
      SELECT concat(${query.places === true ? PLACED_LINE : EVENT_LINE})
      FROM ${query.order === 'log' ? clocked(rows) : rows}
      ORDER BY ${ORDERS[query.order ?? 'type']}
      ${query.limit === undefined ? '' : 'LIMIT {limit:UInt64}'}
      ${query.order === 'log' ? CLOCK_SETTINGS : ''}`,
  };
}
