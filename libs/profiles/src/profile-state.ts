/** The newest event of one type, and how many there were. */
export interface TypeState {
  count: number;
  /** Event time of the newest event. */
  timeMs: number;
  /** When the newest event came to Hermes; decides between equal event times. */
  receivedAtMs: number;
  /** Its place in the partition; decides between equal receipt times (events of one request). */
  arrival: number;
  /** Its data as JSON, at most MAX_DATA_BYTES long. */
  data: string;
}

/**
 * What is kept of one subject. Every part can be merged with another's, in any order and grouping: counts add up, `last` is a
 * maximum, first and last seen are a minimum and a maximum.
 */
export interface ProfileState {
  firstSeenMs: number;
  lastSeenMs: number;
  readonly types: Map<string, TypeState>;
  /** Events of types beyond MAX_TYPES. */
  otherCount: number;
}

/** Event types kept apart per subject: the first so many in alphabetical order, whatever order they came in. */
export const MAX_TYPES = 32;

/** An event as a profile sees it. */
export interface SeenEvent {
  readonly type: string;
  readonly timeMs: number;
  readonly receivedAtMs: number;
  readonly arrival: number;
  /** JSON from `boundedData`. */
  readonly data: string;
}

export const newProfileState = (): ProfileState => ({
  firstSeenMs: Number.POSITIVE_INFINITY,
  lastSeenMs: Number.NEGATIVE_INFINITY,
  types: new Map(),
  otherCount: 0,
});

type Rank = Pick<TypeState, 'timeMs' | 'receivedAtMs' | 'arrival' | 'data'>;

/** Whether `a` is newer than `b`: by event time, then receipt, then place; the data last, so that the order is total. */
function isNewer(a: Rank, b: Rank): boolean {
  if (a.timeMs !== b.timeMs) return a.timeMs > b.timeMs;
  if (a.receivedAtMs !== b.receivedAtMs) return a.receivedAtMs > b.receivedAtMs;
  if (a.arrival !== b.arrival) return a.arrival > b.arrival;
  return a.data > b.data;
}

/**
 * Keeps the alphabetically first MAX_TYPES types. A type that is kept in the end was among the first at every moment before, so its
 * count is whole, and the outcome does not depend on the order of events.
 */
function keepFirstTypes(state: ProfileState): void {
  while (state.types.size > MAX_TYPES) {
    let last = '';
    for (const type of state.types.keys()) if (type > last) last = type;
    state.otherCount += state.types.get(last)?.count ?? 0;
    state.types.delete(last);
  }
}

function addType(state: ProfileState, type: string, seen: Readonly<TypeState>): void {
  const known = state.types.get(type);
  if (known === undefined) {
    state.types.set(type, { ...seen });
    keepFirstTypes(state);
    return;
  }
  known.count += seen.count;
  if (!isNewer(seen, known)) return;
  known.timeMs = seen.timeMs;
  known.receivedAtMs = seen.receivedAtMs;
  known.arrival = seen.arrival;
  known.data = seen.data;
}

/** Counts one event, in place. */
export function applyEvent(state: ProfileState, event: SeenEvent): void {
  state.firstSeenMs = Math.min(state.firstSeenMs, event.timeMs);
  state.lastSeenMs = Math.max(state.lastSeenMs, event.timeMs);
  const { timeMs, receivedAtMs, arrival, data } = event;
  addType(state, event.type, { count: 1, timeMs, receivedAtMs, arrival, data });
}

/** The profile of all events of both, as a new value. Commutative and associative. */
export function mergeProfileStates(a: ProfileState, b: ProfileState): ProfileState {
  const merged: ProfileState = {
    firstSeenMs: Math.min(a.firstSeenMs, b.firstSeenMs),
    lastSeenMs: Math.max(a.lastSeenMs, b.lastSeenMs),
    types: new Map(),
    otherCount: a.otherCount + b.otherCount,
  };
  for (const one of [a, b]) for (const [type, seen] of one.types) addType(merged, type, seen);
  return merged;
}
