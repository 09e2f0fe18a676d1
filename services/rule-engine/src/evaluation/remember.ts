import type { HermesEvent } from '@hermes/contracts/event';
import type { DecidedByTime, Memory, MemoryStep, MemoryValue } from '@hermes/rules/memory/memory';
import type { MemoryLookup } from '@hermes/rules/memory/memory-fact';
import { MemoryIndex } from '@hermes/rules/memory/memory-index';
import { Remembered } from '@hermes/rules/memory/memory-state';
import type { StepContext, Timer } from '@hermes/stream-runtime/logic';
import type { EvaluationState } from './evaluation-state.ts';
import type { RuleSet } from './rule-set.ts';

/** Told of what was remembered; changes nothing. */
export interface MemoryObserver {
  /** Of a key more was to be remembered than is. */
  onForgotten(count: number): void;
}

type Context = Pick<
  StepContext<EvaluationState, RuleSet>,
  'definitions' | 'get' | 'set' | 'delete' | 'setTimer' | 'cancelTimer'
>;

/** State key of what one fact remembers of a key; a key has no blank. */
export const memoryKey = (definition: string, key: string): string => `memory ${definition} ${key}`;
/** State key of the list of them. */
export const memoryIndexKey = (key: string): string => `memories ${key}`;
/** The timer of what one fact remembers of a key. */
export const memoryTimerId = memoryKey;

/** The state keys that remembering an event of this type may read or write. */
export function rememberingKeys({ memories }: RuleSet, eventType: string, key: string): readonly string[] {
  const looking = memories.lookingAt(eventType);
  if (looking.length === 0) return [];
  return [memoryIndexKey(key), ...looking.map(({ definition }) => memoryKey(definition.id, key))];
}

function indexOf(context: Context, key: string): MemoryIndex {
  const known = context.get(memoryIndexKey(key));
  return known instanceof MemoryIndex ? known : new MemoryIndex();
}

function rememberedAt(context: Context, stateKey: string): Remembered | undefined {
  const known = context.get(stateKey);
  return known instanceof Remembered ? known : undefined;
}

interface Keeping {
  readonly memory: Memory;
  readonly key: string;
  readonly before: Remembered | undefined;
  readonly timerBefore: number | null;
}

/**
 * Puts what a fact remembers now in the place of what it did, with its timer.
 *
 * @param before - undefined when nothing was remembered
 * @param timerBefore - when a timer is due that is set; null: none is
 */
function keep(context: Context, { memory, key, before, timerBefore }: Keeping, step: MemoryStep, atMs: number): void {
  const { id } = memory.definition;
  const [stateKey, timerMs] = [memoryKey(id, key), step.dueMs ?? null];
  if (step.state === before?.state && timerMs === (before?.timerMs ?? null) && timerMs === timerBefore) return;
  if (step.state === undefined) {
    if (before !== undefined) context.delete(stateKey);
  } else {
    context.set(stateKey, new Remembered(step.state, timerMs), { ttlMs: step.keepMs });
    const index = indexOf(context, key);
    const listed = index.with(id, atMs, step.keepMs);
    if (listed !== index) context.set(memoryIndexKey(key), listed, { ttlMs: listed.keepMs(atMs) });
  }
  if (timerMs === timerBefore) return;
  if (timerMs === null) context.cancelTimer(memoryTimerId(id, key));
  else context.setTimer({ id: memoryTimerId(id, key), dueMs: timerMs, payload: JSON.stringify([id, key]) });
}

/**
 * Lets every fact with a memory that looks at events of this type see the event, before rules are asked what they make of it.
 *
 * @returns what the facts are on the event; undefined where none looks at its type
 */
export function remember(
  context: Context,
  observer: MemoryObserver,
  key: string,
  event: HermesEvent,
): MemoryLookup | undefined {
  const looking = context.definitions.memories.lookingAt(event.type);
  if (looking.length === 0 || indexOf(context, key).isErased(Date.parse(event.time))) return undefined;
  const values = new Map<string, MemoryValue>();
  const atMs = Date.parse(event.receivedat);
  for (const memory of looking) {
    const { id } = memory.definition;
    const before = rememberedAt(context, memoryKey(id, key));
    const step = memory.observe(before?.state, event);
    if (step.value !== undefined) values.set(id, step.value);
    if (step.dropped > 0) observer.onForgotten(step.dropped);
    keep(context, { memory, key, before, timerBefore: before?.timerMs ?? null }, step, atMs);
  }
  return (id) => values.get(id);
}

/** What a timer is about: which fact, and the key of which it remembers. */
export function memoryOfTimer({ payload }: Pick<Timer, 'payload'>): { readonly id: string; readonly key: string } {
  const [id, key] = JSON.parse(payload) as [string, string];
  return { id, key };
}

/**
 * Lets time pass for a fact, and answers what that has decided, earliest first. Nothing where no rule in force asks for it any more: then what it remembers
 * is void, because it does not see what comes from here on.
 */
export function remind(context: Context, observer: MemoryObserver, timer: Timer): readonly DecidedByTime[] {
  const { id, key } = memoryOfTimer(timer);
  const stateKey = memoryKey(id, key);
  const before = rememberedAt(context, stateKey);
  if (before === undefined) return [];
  const memory = context.definitions.memories.of(id);
  if (memory === undefined) {
    context.delete(stateKey);
    return [];
  }
  const step = memory.due(before.state, timer.dueMs);
  if (step.dropped > 0) observer.onForgotten(step.dropped);
  // The timer that fires is gone.
  keep(context, { memory, key, before, timerBefore: null }, step, timer.dueMs);
  return step.decided;
}
