import type { Demand } from './demand.ts';
import { costFor, type Effort, INSTANT_COST } from './effort.ts';
import { isElementOperator } from './element-operators.ts';
import { isRelative } from './fact-reference.ts';
import { type Fields, isFields } from './fields.ts';
import { GEO_OPERATORS } from './geo-operators.ts';
import { instantOf } from './instants.ts';
import { isOrder, TEXT_OPERATORS } from './operators.ts';
import { spanMsOf, TIME_OPERATORS } from './time-operators.ts';
import { FALSE, TRUE } from './verdict.ts';

/** One end of an interval. */
interface Bound<T> {
  readonly isLower: boolean;
  readonly at: T;
  readonly isOpen: boolean;
}

/** Whether something may be between all of these; between two texts there always is. */
function leaveRoom<T extends number | string>(bounds: readonly Bound<T>[]): boolean {
  let low: Bound<T> | undefined;
  let high: Bound<T> | undefined;
  for (const bound of bounds) {
    if (bound.isLower) {
      if (low === undefined || bound.at > low.at || (bound.at === low.at && bound.isOpen)) low = bound;
    } else if (high === undefined || bound.at < high.at || (bound.at === high.at && bound.isOpen)) high = bound;
  }
  if (low === undefined || high === undefined) return true;
  return low.at < high.at || (low.at === high.at && !low.isOpen && !high.isOpen);
}

function boundOf<T>({ operator, holds }: Demand, at: T): Bound<T> {
  const isInclusive = operator.endsWith('Inclusive');
  // What is not less than 5 is 5 or more.
  return { isLower: operator.startsWith('greater') === holds, at, isOpen: isInclusive !== holds };
}

/** A literal that an order compares with. */
interface Ordered {
  readonly demand: Demand;
  readonly value: number | string;
}

/**
 * Orders see numbers and what begins with one as text (`operators.ts`), so with one that is true it is either a number, which texts are converted for, or
 * a text (or a list, as its text), which is compared with texts as a text and with numbers as a number. Orders that are false are true of what is
 * neither, and of what is no number once converted.
 */
function ordersCanHold(demands: readonly Demand[]): boolean {
  const orders = demands.flatMap((demand): readonly Ordered[] => {
    const value = demand.literal?.value;
    return isOrder(demand.operator) && (typeof value === 'number' || typeof value === 'string')
      ? [{ demand, value }]
      : [];
  });
  if (!orders.some(({ demand }) => demand.holds)) return true;
  return numberCanHold(orders) || textCanHold(orders);
}

function numberCanHold(orders: readonly Ordered[]): boolean {
  const bounds: Bound<number>[] = [];
  for (const { demand, value } of orders) {
    const at = Number(value);
    if (!Number.isNaN(at)) bounds.push(boundOf(demand, at));
    else if (demand.holds) return false;
  }
  return leaveRoom(bounds);
}

function textCanHold(orders: readonly Ordered[]): boolean {
  const numbers: Bound<number>[] = [];
  const texts: Bound<string>[] = [];
  const isNumber = orders.some(({ demand, value }) => demand.holds && typeof value === 'number');
  for (const { demand, value } of orders) {
    if (typeof value === 'string') texts.push(boundOf(demand, value));
    else if (isNumber) numbers.push(boundOf(demand, value));
  }
  return leaveRoom(numbers) && leaveRoom(texts);
}

/** Where one demand leaves only some values, each of them is asked of the others by the operators themselves. */
function listedCanHold(demands: readonly Demand[], effort: Effort): boolean {
  const lists = demands.flatMap(({ only }) => (only === undefined ? [] : [only]));
  const [shortest] = lists.sort((a, b) => a.length - b.length);
  if (shortest === undefined) return true;
  return shortest.some((value) =>
    demands.every(({ admits, cost }) => {
      effort.left -= costFor(cost, value);
      return effort.left < 0 || admits(value);
    }),
  );
}

/** Of what nothing that an operator looks at is anything else. */
function shapeOf({ operator, holds }: Demand): 'text' | 'list' | 'position' | 'ordered' | undefined {
  if (!holds) return undefined;
  if ((TEXT_OPERATORS as readonly string[]).includes(operator) || Object.hasOwn(TIME_OPERATORS, operator))
    return 'text';
  if (operator === 'contains' || isElementOperator(operator) || /^(some|every)Fact:/u.test(operator)) return 'list';
  if (Object.hasOwn(GEO_OPERATORS, operator)) return 'position';
  return isOrder(operator) ? 'ordered' : undefined;
}

function shapesCanHold(demands: readonly Demand[]): boolean {
  const shapes = new Set(demands.map(shapeOf));
  // An order sees numbers in texts and lists, and none in an object.
  if (shapes.has('position')) return !shapes.has('text') && !shapes.has('list') && !shapes.has('ordered');
  return !(shapes.has('text') && shapes.has('list'));
}

/** Texts that begin with one beginning, and with another, begin with the longer of them; so with ends. */
function affixesCanHold(demands: readonly Demand[]): boolean {
  const textsOf = (operator: string): readonly string[] =>
    demands
      .flatMap((demand) => (demand.operator === operator && demand.holds ? [demand.literal?.value] : []))
      .filter((value) => typeof value === 'string')
      .sort((a, b) => a.length - b.length);
  const [beginnings, ends] = [textsOf('startsWith'), textsOf('endsWith')];
  return (
    beginnings.every((one) => beginnings.at(-1)!.startsWith(one)) && ends.every((one) => ends.at(-1)!.endsWith(one))
  );
}

/** In whole milliseconds, both ends included: `before` and `after` are not at the instant itself. */
function instantBounds({ operator, holds, literal }: Demand): readonly Bound<number>[] {
  const value = literal?.value;
  const bound = (isLower: boolean, at: number): Bound<number> => ({ isLower, at, isOpen: false });
  if (operator === 'within' && holds && isRelative(value)) {
    const [ofMs, spanMs] = [instantOf(value.of), spanMsOf(value)];
    return ofMs === undefined || spanMs === undefined ? [] : [bound(true, ofMs - spanMs), bound(false, ofMs + spanMs)];
  }
  const ms = operator === 'before' || operator === 'after' ? instantOf(value) : undefined;
  if (ms === undefined) return [];
  if (operator === 'before') return [holds ? bound(false, ms - 1) : bound(true, ms)];
  return [holds ? bound(true, ms + 1) : bound(false, ms)];
}

function instantsCanHold(demands: readonly Demand[]): boolean {
  // What is not before something may be no instant at all, unless another says that it is.
  const isInstant = demands.some(({ operator, holds }) => holds && Object.hasOwn(TIME_OPERATORS, operator));
  return !isInstant || leaveRoom(demands.flatMap(instantBounds));
}

const DAY_MS = 86_400_000;
/** A Monday. */
const WEEK_FROM_MS = 4 * DAY_MS;

/** Days and hours on one wall clock come again each week, and change only where one of them begins or ends. */
function schedulesCanHold(demands: readonly Demand[], effort: Effort): boolean {
  const schedules = demands.flatMap(({ operator, compare, holds, literal }) => {
    const value = literal?.value;
    return operator === 'during' && isFields(value) ? [{ compare, holds, value }] : [];
  });
  effort.left -= schedules.length * INSTANT_COST;
  const zones = new Set(schedules.map(({ value }) => value['timeZone']));
  if (zones.size !== 1 || zones.has(undefined) || !schedules.some(({ holds }) => holds)) return true;
  // Which wall clock it is makes no difference once it is the same.
  const onClock = schedules.map((schedule) => ({
    ...schedule,
    value: { ...schedule.value, timeZone: 'UTC' } as Fields,
  }));
  const clocks = new Set(['00:00', ...onClock.flatMap(({ value }) => [value['from'], value['to']])]);
  for (const clock of clocks) {
    if (typeof clock !== 'string' || clock === '24:00') continue;
    for (let day = 0; day < 7; day++) {
      const at = `${new Date(WEEK_FROM_MS + day * DAY_MS).toISOString().slice(0, 10)}T${clock}Z`;
      effort.left -= onClock.length * INSTANT_COST;
      if (effort.left < 0) return true;
      if (onClock.every(({ compare, holds, value }) => compare(at, value) === (holds ? TRUE : FALSE))) return true;
    }
  }
  return false;
}

/** Whether one demands what the other forbids. */
function areOpposed(demands: readonly Demand[]): boolean {
  const wanted = new Map<string, boolean>();
  for (const { name, holds } of demands) {
    if ((wanted.get(name) ?? holds) !== holds) return true;
    wanted.set(name, holds);
  }
  return false;
}

/** What it takes to look at a demand once in each of the ways below. */
const LOOKING_COST = 5;

/**
 * Whether demands on one place may be met together by anything that an event can have there: false only where that is certain, by the engine's own
 * comparisons.
 */
export function canHold(demands: readonly Demand[], effort: Effort): boolean {
  effort.left -= demands.length * LOOKING_COST;
  if (effort.left < 0) return true;
  return (
    !areOpposed(demands) &&
    shapesCanHold(demands) &&
    ordersCanHold(demands) &&
    affixesCanHold(demands) &&
    instantsCanHold(demands) &&
    schedulesCanHold(demands, effort) &&
    listedCanHold(demands, effort)
  );
}
