import type { HermesEvent } from '@hermes/contracts/event';
import { instantOf } from '../instants.ts';
import { compilePath } from '../json-path.ts';
import { type BesideEvent, matching, matchingAny, sameIn, typesOf } from './event-pattern.ts';
import { isSameEvent, kept, MAX_WAITING_BYTES, receivedMsOf, withoutData } from './kept-event.ts';
import { APART_MS, BEHIND_MS, type Memory, type MemoryStep, type MemoryValue } from './memory.ts';
import type { AbsenceDefinition } from './memory-definition.ts';
import type { AbsenceState, MemoryState, Waiting } from './memory-state.ts';

/** More events of one key do not wait at once; those that have waited longest are let go first. */
const MAX_WAITING = 100;
const MAX_BYTES = 32_768;
/** What is due later than this after its event is not waited for. */
const LONGEST_WAIT_MS = 92 * 86_400_000;

const byDue = (a: Waiting, b: Waiting): number => a.dueMs - b.dueMs || (a.event.id < b.event.id ? -1 : 1);

/** Those that fit, with the data of the newest ones. */
function bounded(waiting: readonly Waiting[]): readonly Waiting[] {
  let room = MAX_BYTES;
  return waiting
    .slice(-MAX_WAITING)
    .toReversed()
    .map((one) => {
      room -= JSON.stringify(one).length;
      return room >= 0 ? one : { ...one, event: withoutData(one.event) };
    })
    .toReversed();
}

const valueOf = ({ event, dueMs }: Waiting): MemoryValue => ({
  shows: { after: event, dueAt: new Date(dueMs).toISOString() },
  seen: [],
});

/**
 * Whether time has passed since an event without another: known only then, so it is decided by a timer, on the event that waited. By the receipt of
 * events: what came at the very last instant still came. Each event waits by itself; where an instant in it counts, and it has something in common with the
 * others, the same again puts it off.
 */
export function absenceMemory(definition: AbsenceDefinition & { readonly id: string }): Memory {
  const { after, no, withinMs, from, same } = definition;
  const [isAwaiting, isAwaited, readSame] = [matching(after), matchingAny(no), sameIn(same)];
  const readFrom = from === undefined ? undefined : compilePath(from);
  const isMoved = from !== undefined && same.length > 0;

  const stepTo = (waiting: readonly Waiting[], atMs: number, dropped = 0): MemoryStep => {
    if (waiting.length === 0) return { state: undefined, keepMs: 0, dropped };
    const lastMs = Math.max(...waiting.map(({ dueMs }) => dueMs));
    return {
      state: { kind: 'absence', waiting } satisfies AbsenceState,
      dueMs: Math.min(...waiting.map(({ dueMs }) => dueMs)),
      keepMs: Math.max(0, lastMs - atMs) + BEHIND_MS,
      dropped,
    };
  };

  function observe(state: MemoryState | undefined, event: HermesEvent, beside?: BesideEvent): MemoryStep {
    const before = state?.kind === 'absence' ? state.waiting : [];
    const atMs = receivedMsOf(event);
    const unchanged = (dropped = 0): MemoryStep => ({ ...stepTo(before, atMs, dropped), state });
    const name = readSame(event);
    if (name === undefined) return unchanged();
    const isAnswered = (one: Waiting): boolean =>
      one.same === name && receivedMsOf(one.event) <= atMs + APART_MS && atMs <= one.dueMs;
    let waiting = isAwaited(event, beside) ? before.filter((one) => !isAnswered(one)) : before;
    let dropped = 0;
    if (isAwaiting(event, beside) && !waiting.some((one) => isSameEvent(one.event, event))) {
      if (isMoved) waiting = waiting.filter((one) => one.same !== name);
      const fromMs = readFrom === undefined ? atMs : instantOf(readFrom(event));
      const dueMs = fromMs === undefined ? undefined : fromMs + withinMs;
      // What was over when it was received was not waited for, and nobody knows what had come by then.
      if (dueMs !== undefined && dueMs > atMs) {
        if (dueMs - atMs > LONGEST_WAIT_MS) dropped += 1;
        else waiting = [...waiting, { same: name, dueMs, event: kept(event, MAX_WAITING_BYTES) }];
      }
    }
    if (waiting.length === before.length && waiting.every((one, i) => one === before[i])) return unchanged(dropped);
    const fitting = bounded(waiting);
    return stepTo(fitting, atMs, dropped + waiting.length - fitting.length);
  }

  return {
    definition,
    eventTypes: typesOf([after, ...no]),
    observe,
    due(state, nowMs) {
      const all = state.kind === 'absence' ? state.waiting : [];
      const over = all.filter(({ dueMs }) => dueMs <= nowMs).toSorted(byDue);
      const step = stepTo(
        all.filter(({ dueMs }) => dueMs > nowMs),
        nowMs,
      );
      return { ...step, decided: over.map((one) => ({ event: one.event, value: valueOf(one) })) };
    },
  };
}
