import type { WindowSpec } from '../plan.ts';
import type { JoinRelation, Relation } from './relation.ts';

/** The columns of a relation that are the start, the end and the time of a window that it was put into. */
export interface WindowColumns {
  readonly window: WindowSpec;
  /** Whether the window is of event time. */
  readonly eventTime: boolean;
  readonly start: ReadonlySet<number>;
  readonly end: ReadonlySet<number>;
  readonly time: ReadonlySet<number>;
}

/** As Flink's planner follows window properties: through filters, projections, and whatever works window by window. */
export function windowColumnsOf(relation: Relation): WindowColumns | null {
  switch (relation.kind) {
    case 'window': {
      const width = relation.input.columns.length;
      return {
        window: relation.window,
        eventTime: relation.input.columns[relation.time]!.attribute === 'rowtime',
        start: new Set([width]),
        end: new Set([width + 1]),
        time: new Set([width + 2]),
      };
    }
    case 'calc': {
      const inner = windowColumnsOf(relation.input);
      return (
        inner &&
        placed(inner, (index) =>
          relation.projections.flatMap((each, i) => (each.kind === 'input' && each.index === index ? [i] : [])),
        )
      );
    }
    case 'window-aggregate':
      return ofAggregate(relation);
    case 'rank':
    case 'deduplicate':
      return relation.window === null ? null : windowColumnsOf(relation.input);
    case 'lookup-join':
    case 'unnest':
      return windowColumnsOf(relation.input);
    case 'union': {
      const [first, ...others] = relation.inputs.map(windowColumnsOf);
      return first !== undefined &&
        first !== null &&
        others.every((each) => each !== null && JSON.stringify(shape(each)) === JSON.stringify(shape(first)))
        ? first
        : null;
    }
    case 'join':
      return ofJoin(relation);
    default:
      return null;
  }
}

const shape = (window: WindowColumns): unknown => [
  window.window,
  window.eventTime,
  [...window.start],
  [...window.end],
  [...window.time],
];

const placed = (window: WindowColumns, places: (index: number) => readonly number[]): WindowColumns => ({
  ...window,
  start: new Set([...window.start].flatMap(places)),
  end: new Set([...window.end].flatMap(places)),
  time: new Set([...window.time].flatMap(places)),
});

function ofAggregate(relation: Relation & { readonly kind: 'window-aggregate' }): WindowColumns | null {
  const first = relation.keys.length + relation.aggregates.length;
  const at = (property: string): ReadonlySet<number> =>
    new Set(relation.properties.flatMap((each, i) => (each === property ? [first + i] : [])));
  const inner = relation.window.kind === 'attached' ? windowColumnsOf(relation.input) : null;
  const window = relation.window.kind === 'attached' ? inner?.window : relation.window;
  if (window === undefined) return null;
  return {
    window,
    eventTime: inner?.eventTime ?? relation.input.columns[relation.time]!.attribute === 'rowtime',
    start: at('window_start'),
    end: at('window_end'),
    time: at('window_time'),
  };
}

/** Equal windows on both sides of a join; null when it is not a join of windows. */
export function windowsJoined(join: Pick<JoinRelation, 'left' | 'right' | 'conjuncts'>): {
  readonly left: WindowColumns;
  readonly right: WindowColumns;
  readonly leftEnd: number;
  readonly rightEnd: number;
} | null {
  const [left, right] = [windowColumnsOf(join.left), windowColumnsOf(join.right)];
  if (left === null || right === null) return null;
  const same = left.eventTime === right.eventTime && sameWindow(left.window, right.window);
  if (!same) return null;
  const width = join.left.columns.length;
  const pairOf = (which: 'start' | 'end'): readonly [number, number] | undefined => {
    for (const conjunct of join.conjuncts) {
      if (conjunct.kind !== 'call' || conjunct.name !== '=') continue;
      const [a, b] = conjunct.arguments;
      if (a?.kind !== 'input' || b?.kind !== 'input') continue;
      const [low, high] = a.index < b.index ? [a.index, b.index] : [b.index, a.index];
      if (left[which].has(low) && right[which].has(high - width)) return [low, high - width];
    }
    return undefined;
  };
  const [start, end] = [pairOf('start'), pairOf('end')];
  return start === undefined || end === undefined ? null : { left, right, leftEnd: end[0], rightEnd: end[1] };
}

const sameWindow = (a: WindowSpec, b: WindowSpec): boolean =>
  a.kind === 'session' && b.kind === 'session' ? a.gapMs === b.gapMs : JSON.stringify(a) === JSON.stringify(b);

function ofJoin(join: Relation & { readonly kind: 'join' }): WindowColumns | null {
  const joined = windowsJoined(join);
  if (joined === null) return null;
  if (join.type === 'semi' || join.type === 'anti') return joined.left;
  const width = join.left.columns.length;
  const both = (which: 'start' | 'end' | 'time'): ReadonlySet<number> =>
    new Set([...joined.left[which], ...[...joined.right[which]].map((index) => index + width)]);
  return { ...joined.left, start: both('start'), end: both('end'), time: both('time') };
}
