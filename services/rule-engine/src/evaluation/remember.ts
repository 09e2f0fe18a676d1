import type { HermesEvent } from '@hermes/contracts/event';
import type { BesideEvent } from '@hermes/rules/memory/event-pattern';
import type { DecidedByTime, Memory, MemoryStep, MemoryValue } from '@hermes/rules/memory/memory';
import type { MemoryLookup } from '@hermes/rules/memory/memory-fact';
import { MemoryIndex } from '@hermes/rules/memory/memory-index';
import type { MemorySet } from '@hermes/rules/memory/memory-set';
import { Remembered } from '@hermes/rules/memory/memory-state';
import type { StepContext, Timer } from '@hermes/stream-runtime/logic';
import type { EvaluationState } from './evaluation-state.ts';
import type { RuleSet } from './rule-set.ts';

/** Told of what was remembered; changes nothing. */
export interface MemoryObserver {
  /** Of a key more was to be remembered than is. */
  onForgotten(count: number): void;
}

/** Rules with what they remember; `scope` keeps what is remembered for others with the same fact apart. */
export interface MemoryRules {
  readonly scope: string;
  readonly memories: MemorySet;
}

type Context = Pick<
  StepContext<EvaluationState, RuleSet>,
  'definitions' | 'get' | 'set' | 'delete' | 'setTimer' | 'cancelTimer'
>;

/** By which what a fact remembers for these rules is listed. */
const nameOf = (scope: string, definition: string): string => (scope === '' ? definition : `${definition}@${scope}`);
/** State key of what stands in the list under a name; a key has no blank. */
export const listedMemoryKey = (name: string, key: string): string => `memory ${name} ${key}`;
/** State key of what one fact remembers of a key. */
export const memoryKey = (scope: string, definition: string, key: string): string =>
  listedMemoryKey(nameOf(scope, definition), key);
/** State key of the list of them. */
export const memoryIndexKey = (key: string): string => `memories ${key}`;
/** The timer of what one fact remembers of a key has the name of its state. */
export const memoryTimerId = listedMemoryKey;

const NO_KEYS: readonly string[] = [];

/** The state keys that remembering an event of this type may read or write. */
export function rememberingKeys({ memories, scope }: MemoryRules, eventType: string, key: string): readonly string[] {
  const looking = memories.lookingAt(eventType);
  if (looking.length === 0) return NO_KEYS;
  return [memoryIndexKey(key), ...looking.map(({ definition }) => memoryKey(scope, definition.id, key))];
}

function indexOf(context: Context, key: string): MemoryIndex {
  const known = context.get(memoryIndexKey(key));
  return known instanceof MemoryIndex ? known : new MemoryIndex();
}

function rememberedAt(context: Context, stateKey: string): Remembered | undefined {
  const known = context.get(stateKey);
  return known instanceof Remembered ? known : undefined;
}

/** Where something is remembered. */
interface Remembering {
  readonly context: Context;
  readonly observer: MemoryObserver;
  readonly rules: MemoryRules;
  readonly key: string;
}

/** What was remembered; `timerMs`: when a timer is due that is set, null where none is. */
interface Before {
  readonly remembered: Remembered | undefined;
  readonly timerMs: number | null;
}

/** Puts what a fact remembers now in the place of what it did, with its timer. */
function keep(
  { context, rules: { scope }, key }: Remembering,
  { definition: { id } }: Memory,
  { remembered, timerMs: timerBefore }: Before,
  step: MemoryStep,
  atMs: number,
): void {
  const [stateKey, timerMs] = [memoryKey(scope, id, key), step.dueMs ?? null];
  if (step.state === remembered?.state && timerMs === timerBefore && timerMs === (remembered?.timerMs ?? null)) return;
  if (step.state === undefined) {
    if (remembered !== undefined) context.delete(stateKey);
  } else {
    context.set(stateKey, new Remembered(step.state, timerMs, atMs), { ttlMs: step.keepMs });
    const index = indexOf(context, key);
    const listed = index.with(nameOf(scope, id), atMs, step.keepMs);
    if (listed !== index) context.set(memoryIndexKey(key), listed, { ttlMs: listed.keepMs(atMs) });
  }
  if (timerMs === timerBefore) return;
  if (timerMs === null) context.cancelTimer(stateKey);
  else context.setTimer({ id: stateKey, dueMs: timerMs, payload: JSON.stringify([scope, id, key]) });
}

/**
 * Lets every fact with a memory that looks at events of this type see the event, before rules are asked what they make of it.
 *
 * @param beside - what their conditions ask besides
 * @returns what the facts are on the event; undefined where none looks at its type
 */
export function remember(at: Remembering, event: HermesEvent, beside: BesideEvent): MemoryLookup | undefined {
  const { context, observer, rules, key } = at;
  const looking = rules.memories.lookingAt(event.type);
  if (looking.length === 0 || indexOf(context, key).isErased(Date.parse(event.time))) return undefined;
  const values = new Map<string, MemoryValue>();
  const atMs = Date.parse(event.receivedat);
  for (const memory of looking) {
    const { id } = memory.definition;
    const remembered = rememberedAt(context, memoryKey(rules.scope, id, key));
    const isVoid = remembered !== undefined && remembered.atMs < rules.memories.sinceMs(id);
    const step = memory.observe(isVoid ? undefined : remembered?.state, event, beside);
    if (step.value !== undefined) values.set(id, step.value);
    if (step.dropped > 0) observer.onForgotten(step.dropped);
    keep(at, memory, { remembered, timerMs: remembered?.timerMs ?? null }, step, atMs);
  }
  return (id) => values.get(id);
}

/** What a timer is about: which fact of which rules, and the key of which it remembers. */
export function memoryOfTimer({ payload }: Pick<Timer, 'payload'>): {
  readonly scope: string;
  readonly id: string;
  readonly key: string;
} {
  const [scope, id, key] = JSON.parse(payload) as [string, string, string];
  return { scope, id, key };
}

/**
 * Lets time pass for a fact, and answers what that has decided, earliest first. Nothing where no rule in force asks for it any more, or none did for a while: then
 * what it remembers is void, because there are events that it has not seen.
 */
export function remind(
  at: Omit<Remembering, 'rules'> & { readonly rules: MemoryRules | undefined },
  timer: Timer,
): readonly DecidedByTime[] {
  const { context, observer, rules } = at;
  const { scope, id, key } = memoryOfTimer(timer);
  const stateKey = memoryKey(scope, id, key);
  const remembered = rememberedAt(context, stateKey);
  if (remembered === undefined) return [];
  const memory = rules?.memories.of(id);
  const isVoid = memory === undefined || remembered.atMs < (rules?.memories.sinceMs(id) ?? 0);
  if (rules === undefined || memory === undefined || isVoid) {
    context.delete(stateKey);
    return [];
  }
  const step = memory.due(remembered.state, timer.dueMs);
  if (step.dropped > 0) observer.onForgotten(step.dropped);
  // The timer that fires is gone.
  keep({ ...at, rules }, memory, { remembered, timerMs: null }, step, timer.dueMs);
  return step.decided;
}
