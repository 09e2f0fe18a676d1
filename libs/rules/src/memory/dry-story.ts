import type { HermesEvent } from '@hermes/contracts/event';
import { type EarlierEvent, suppressionSeconds, type TimeSpan } from '@hermes/contracts/rule';
import type { KeyField } from '@hermes/contracts/key-field';
import { PREVIOUS_FACT, type PreviousLookup } from '../change-operators.ts';
import { compilePath } from '../json-path.ts';
import { LIST_FACT, type ListLookup } from '../list-operators.ts';
import { eventOf } from './kept-event.ts';
import type { DecidedByTime, Memory, MemoryValue } from './memory.ts';
import type { MemoryLookup } from './memory-fact.ts';
import type { MemorySet } from './memory-set.ts';
import type { MemoryState } from './memory-state.ts';

/** An event as somebody gives it, what came before it, and how much time passes after it. */
export interface DryStory {
  readonly event: Pick<HermesEvent, 'type' | 'data'> & {
    readonly subject?: string | undefined;
    readonly time?: string | undefined;
  };
  readonly earlier: readonly EarlierEvent[];
  readonly waits: TimeSpan | undefined;
  /** By which the rule goes; undefined: the subject. */
  readonly key: KeyField | undefined;
  readonly list: ListLookup;
}

/** What was before an event, by those of its type that came before it in a story, oldest first. */
function previousIn(story: readonly HermesEvent[], { type }: HermesEvent): PreviousLookup {
  return (path) => {
    const read = compilePath(path);
    const values = story.filter((one) => one.type === type).map((one): unknown => read(one));
    const value = values.findLast((one) => one !== undefined && one !== null);
    return value === undefined ? { kind: 'first' } : { kind: 'value', value };
  };
}

export interface DryFacts {
  /** The event, with what nobody gave. */
  readonly event: HermesEvent;
  /** What facts are on the event. */
  readonly memory: MemoryLookup;
  /** What time has decided after the event, in its order. */
  readonly decided: readonly { readonly event: HermesEvent; readonly memory: MemoryLookup }[];
}

/** Where nobody says when or of whom: a Monday. */
const SOME_TIME = '2026-03-02T10:00:00.000Z';
const SOME_SUBJECT = 'broker:b-1';

const NOTHING: ReadonlyMap<string, MemoryValue> = new Map();

interface Held {
  readonly memory: Memory;
  state: MemoryState | undefined;
  dueMs: number | undefined;
}

/** Lets facts see a story, with time passing between its events: nothing is kept of it. */
export function dryStory(
  memories: MemorySet,
  { event, earlier, waits, key, list }: DryStory,
  firstType: string,
): DryFacts {
  const { subject = SOME_SUBJECT, time = SOME_TIME } = event;
  const atMs = Date.parse(time);
  const whole = (one: DryStory['event'], id: string, ms: number): HermesEvent => {
    const instant = new Date(ms).toISOString();
    return {
      specversion: '1.0',
      source: '/test',
      project: 'test',
      ...one,
      id,
      subject: one.subject ?? subject,
      time: instant,
      receivedat: instant,
    };
  };
  const held: readonly Held[] = memories.all().map((memory) => ({ memory, state: undefined, dueMs: undefined }));

  const see = (one: HermesEvent, before: readonly HermesEvent[]): ReadonlyMap<string, MemoryValue> => {
    const values = new Map<string, MemoryValue>();
    const beside = { [LIST_FACT]: list, [PREVIOUS_FACT]: previousIn(before, one) };
    for (const here of held) {
      if (!here.memory.eventTypes.includes(one.type)) continue;
      const step = here.memory.observe(here.state, one, beside);
      [here.state, here.dueMs] = [step.state, step.dueMs];
      if (step.value !== undefined) values.set(here.memory.definition.id, step.value);
    }
    return values;
  };
  /** What is due before `untilMs`. */
  const pass = (untilMs: number): readonly (DecidedByTime & { readonly id: string })[] => {
    const decided: (DecidedByTime & { readonly id: string })[] = [];
    for (;;) {
      const [next] = held
        .filter(({ dueMs, state }) => state !== undefined && dueMs !== undefined && dueMs < untilMs)
        .toSorted((a, b) => a.dueMs! - b.dueMs!);
      if (next === undefined) return decided;
      const step = next.memory.due(next.state!, next.dueMs!);
      [next.state, next.dueMs] = [step.state, step.dueMs];
      decided.push(...step.decided.map((one) => ({ ...one, id: next.memory.definition.id })));
    }
  };

  const readKey = key === undefined ? ({ subject: of }: HermesEvent) => of as unknown : compilePath(key.path);
  const inHand = whole(event, 'in-hand', atMs);
  const mine = readKey(inHand);
  const story = earlier
    .map(({ before, type = firstType, data, subject: of = subject }, i) =>
      whole({ type, data, subject: of }, `earlier-${String(i)}`, atMs - suppressionSeconds(before) * 1_000),
    )
    // What is of another key is remembered of that one.
    .filter((one) => readKey(one) === mine)
    .toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
  for (const [i, one] of story.entries()) {
    pass(Date.parse(one.receivedat));
    see(one, story.slice(0, i));
  }
  pass(atMs);
  const values = mine === undefined ? NOTHING : see(inHand, story);
  const untilMs = waits === undefined ? atMs : atMs + suppressionSeconds(waits) * 1_000;
  return {
    event: inHand,
    memory: (id) => values.get(id),
    decided: pass(untilMs + 1).map((one) => ({
      event: eventOf(one.event, inHand.project),
      memory: (id) => (id === one.id ? one.value : undefined),
    })),
  };
}
