import type { PlanExpression } from '../expression.ts';
import type { AggregateCall, Column, LookupJoinNode, PlanNode, StreamPlan, WindowSpec } from '../plan.ts';
import { expressionText } from './expression-text.ts';

/** What a node does, in one line: its name and what it is about, part by part. */
export interface NodeText {
  readonly name: string;
  readonly parts: readonly (readonly [label: string, value: string])[];
}

const names = (columns: readonly Column[], places: readonly number[]): string =>
  places.map((place) => columns[place]?.name ?? `$${place}`).join(', ');

export function nodeText(plan: StreamPlan, node: PlanNode): NodeText {
  const [first, second] = node.inputs.map((input) => plan.nodes[input]!);
  const input = first?.columns ?? [];
  const joined = [...input, ...(second?.columns ?? [])];
  switch (node.kind) {
    case 'source':
      return {
        name: 'Source',
        parts: [
          ['table', node.table.name],
          ['read', node.paths.map((path) => pathText(node.table.columns, path)).join(', ')],
          ...(node.table.watermark === null
            ? []
            : [['watermark', expressionText(node.table.watermark.expression, node.table.columns)] as const]),
        ],
      };
    case 'changelog-normalize':
      return { name: 'ChangelogNormalize', parts: [['key', names(input, node.key)]] };
    case 'calc':
      return {
        name: 'Calc',
        parts: [
          ['select', projections(node, input)],
          ...(node.condition === null ? [] : [['where', expressionText(node.condition, input)] as const]),
        ],
      };
    case 'window':
      return { name: 'Window', parts: [['window', windowText(node.window, names(input, [node.time]), input)]] };
    case 'group-aggregate':
      return {
        name: 'GroupAggregate',
        parts: [
          ...keyPart('groupBy', names(input, node.keys)),
          ['select', calls(node.aggregates, input)],
          ...(node.stateTtlMs === undefined ? [] : [['stateTtl', `${node.stateTtlMs} ms`] as const]),
        ],
      };
    case 'window-aggregate':
      return {
        name: 'WindowAggregate',
        parts: [
          ...keyPart('groupBy', names(input, node.keys)),
          [
            'window',
            node.window.kind === 'attached'
              ? `attached(${names(input, [node.window.start, node.window.end])})`
              : windowText(node.window, names(input, [node.time]), input),
          ],
          ['select', [calls(node.aggregates, input), ...node.properties].filter((each) => each !== '').join(', ')],
        ],
      };
    case 'over':
      return {
        name: 'Over',
        parts: [
          ...keyPart('partitionBy', names(input, node.partition)),
          ['orderBy', names(input, [node.order])],
          ['frame', frameText(node.frame)],
          ['select', calls(node.aggregates, input)],
        ],
      };
    case 'rank':
      return {
        name: node.window === null ? 'Rank' : 'WindowRank',
        parts: [
          ...keyPart('partitionBy', names(input, node.partition)),
          ...keyPart(
            'orderBy',
            node.order
              .map(
                (key) =>
                  `${names(input, [key.column])} ${key.descending ? 'DESC' : 'ASC'}${key.nullsFirst === key.descending ? (key.nullsFirst ? ' NULLS FIRST' : ' NULLS LAST') : ''}`,
              )
              .join(', '),
          ),
          ['rows', `${node.from} to ${node.to}`],
          ...(node.rankColumn ? [['number', node.columns[node.columns.length - 1]!.name] as const] : []),
        ],
      };
    case 'deduplicate':
      return {
        name: node.window === null ? 'Deduplicate' : 'WindowDeduplicate',
        parts: [
          ['keep', node.keep],
          ...keyPart('key', names(input, node.partition)),
          ['orderBy', names(input, [node.order])],
        ],
      };
    case 'join':
      return {
        name: node.window === null ? 'Join' : 'WindowJoin',
        parts: [
          ['type', node.type],
          ...keyPart('on', pairs(node, input, second?.columns ?? [])),
          ...conditionPart(node.condition, joined),
          ...sideTtlPart('leftStateTtl', node.stateTtlMs?.left),
          ...sideTtlPart('rightStateTtl', node.stateTtlMs?.right),
        ],
      };
    case 'interval-join':
      return {
        name: 'IntervalJoin',
        parts: [
          ['type', node.type],
          ...keyPart('on', pairs(node, input, second?.columns ?? [])),
          [
            'time',
            `${names(input, [node.leftTime])} - ${names(second?.columns ?? [], [node.rightTime])} in ${node.lowerMs} ms to ${node.upperMs} ms`,
          ],
          ...conditionPart(node.condition, joined),
        ],
      };
    case 'temporal-join':
      return {
        name: 'TemporalJoin',
        parts: [
          ['type', node.type],
          ...keyPart('on', pairs(node, input, second?.columns ?? [])),
          ['time', `${names(second?.columns ?? [], [node.rightTime])} as of ${names(input, [node.leftTime])}`],
          ...conditionPart(node.condition, joined),
        ],
      };
    case 'lookup-join':
      return { name: 'LookupJoin', parts: lookupParts(node, input) };
    case 'union':
      return { name: 'Union', parts: [] };
    case 'unnest':
      return {
        name: 'Unnest',
        parts: [
          ['type', node.type],
          ['collection', expressionText(node.collection, input)],
        ],
      };
    case 'values':
      return {
        name: 'Values',
        parts: [
          ['rows', node.rows.map((row) => `(${row.map((each) => expressionText(each, [])).join(', ')})`).join(', ')],
        ],
      };
    case 'sink':
      return {
        name: 'Sink',
        parts: [
          ['table', node.table?.name ?? 'preview'],
          ['fields', node.columns.map(({ name }) => name).join(', ')],
          ...(node.upsertKey === null ? [] : [['key', names(node.columns, node.upsertKey)] as const]),
        ],
      };
  }
}

/** `bid.price` */
function pathText(columns: readonly Column[], [first, ...fields]: readonly number[]): string {
  const column = columns[first!]!;
  let { type } = column;
  let text = column.name;
  for (const field of fields) {
    if (type.kind !== 'ROW') break;
    const found = type.fields[field]!;
    text += `.${found.name}`;
    ({ type } = found);
  }
  return text;
}

type Parts = NodeText['parts'];
const keyPart = (label: string, value: string): Parts => (value === '' ? [] : [[label, value]]);
const conditionPart = (condition: PlanExpression | null, columns: readonly Column[]): Parts =>
  condition === null ? [] : [['where', expressionText(condition, columns)]];

const projections = (node: PlanNode & { readonly kind: 'calc' }, input: readonly Column[]): string =>
  node.projections
    .map((each, i) => {
      const text = expressionText(each, input);
      const { name } = node.columns[i]!;
      return text === name ? text : `${text} AS ${name}`;
    })
    .join(', ');

const calls = (aggregates: readonly AggregateCall[], input: readonly Column[]): string =>
  aggregates
    .map((call) => {
      const args = call.arguments.length === 0 ? (call.function === 'COUNT' ? '*' : '') : names(input, call.arguments);
      const filter = call.filter === null ? '' : ` FILTER ${names(input, [call.filter])}`;
      return `${call.function}(${call.distinct ? 'DISTINCT ' : ''}${args})${filter}`;
    })
    .join(', ');

const pairs = (
  node: { readonly leftKeys: readonly number[]; readonly rightKeys: readonly number[] },
  left: readonly Column[],
  right: readonly Column[],
): string => node.leftKeys.map((key, i) => `${names(left, [key])} = ${names(right, [node.rightKeys[i]!])}`).join(', ');

function windowText(window: WindowSpec, time: string, input: readonly Column[]): string {
  switch (window.kind) {
    case 'tumble':
      return `TUMBLE(${time}, ${duration(window.sizeMs)}${offset(window.offsetMs)})`;
    case 'hop':
      return `HOP(${time}, ${duration(window.slideMs)}, ${duration(window.sizeMs)}${offset(window.offsetMs)})`;
    case 'cumulate':
      return `CUMULATE(${time}, ${duration(window.stepMs)}, ${duration(window.sizeMs)}${offset(window.offsetMs)})`;
    case 'session':
      return `SESSION(${time}, ${duration(window.gapMs)}${window.partition.length === 0 ? '' : ` PARTITION BY ${names(input, window.partition)}`})`;
  }
}

const offset = (ms: number): string => (ms === 0 ? '' : `, OFFSET ${duration(ms)}`);

/** 90000 is `90 s`. */
export function duration(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  const unit = units.find(([size]) => ms !== 0 && ms % size === 0);
  return unit === undefined ? `${ms} ms` : `${ms / unit[0]} ${unit[1]}`;
}

const frameText = (frame: (PlanNode & { readonly kind: 'over' })['frame']): string =>
  frame.kind === 'rows'
    ? `ROWS ${frame.preceding ?? 'UNBOUNDED'} PRECEDING`
    : `RANGE ${frame.precedingMs === null ? 'UNBOUNDED' : duration(frame.precedingMs)} PRECEDING`;

function lookupParts(node: LookupJoinNode, input: readonly Column[]): Parts {
  const { table } = node;
  const joined = [...input, ...table.columns];
  return [
    ['table', table.name],
    ['type', node.type],
    [
      'on',
      node.keys
        .map(({ column, value }) => `${table.columns[column]!.name} = ${expressionText(value, input)}`)
        .join(', '),
    ],
    [
      'read',
      table.columns
        .filter((_, i) => !node.unread.includes(i))
        .map(({ name }) => name)
        .join(', '),
    ],
    ...(node.inputCondition === null ? [] : [['if', expressionText(node.inputCondition, input)] as const]),
    ...conditionPart(node.condition, joined),
  ];
}

const sideTtlPart = (name: string, ttlMs: number | null | undefined): readonly (readonly [string, string])[] =>
  ttlMs === undefined || ttlMs === null ? [] : [[name, `${ttlMs} ms`]];
