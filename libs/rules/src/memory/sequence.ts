import type { HermesEvent } from '@hermes/contracts/event';
import { type BesideEvent, matching, matchingAny, sameIn, typesOf } from './event-pattern.ts';
import { type KeptEvent, kept, receivedMsOf } from './kept-event.ts';
import { APART_MS, BEHIND_MS, type Memory, type MemoryStep, type MemoryValue } from './memory.ts';
import type { SequenceDefinition } from './memory-definition.ts';
import type { Chain, MemoryState, SequenceState } from './memory-state.ts';

/** More beginnings of one key are not followed at once; those that are furthest back are let go first. */
const MAX_CHAINS = 100;
const MAX_BYTES = 32_768;

/** What an event is for a sequence: which of its steps, and whether what must not come. */
interface Meant {
  readonly steps: readonly boolean[];
  readonly isForbidden: boolean;
}

const NOTHING: SequenceState = { kind: 'sequence', newestMs: -Infinity, chains: [] };

/** When the newest of its beginnings was received. */
const beganMs = ({ upTo }: Chain): number =>
  upTo.reduce((latest, events) => Math.max(latest, events === null ? -Infinity : receivedMsOf(events[0]!)), -Infinity);

/** The newest chains that fit. */
function bounded(chains: readonly Chain[]): readonly Chain[] {
  const newestFirst = chains.toSorted((a, b) => beganMs(b) - beganMs(a)).slice(0, MAX_CHAINS);
  let room = MAX_BYTES;
  const fitting = newestFirst.findIndex((chain) => (room -= JSON.stringify(chain).length) < 0);
  return (fitting < 0 ? newestFirst : newestFirst.slice(0, Math.max(1, fitting))).toReversed();
}

function valueOf(chain: readonly KeptEvent[], event: HermesEvent): MemoryValue {
  const [first] = chain as readonly [KeptEvent, ...KeptEvent[]];
  const secondsApart = Math.max(0, (receivedMsOf(event) - receivedMsOf(first)) / 1_000);
  return { shows: { first, steps: chain, secondsApart }, seen: chain };
}

/**
 * Whether with the event in hand a sequence is complete: one event for each step, in the order of the log, from the first to the last within the time, and
 * none between them of those that must not be. No event is used up: the next one that is a last step completes it again.
 *
 * Of the chains that have got to a step, the one that began last is kept: whatever comes, no other completes where it does not.
 */
export function sequenceMemory(definition: SequenceDefinition & { readonly id: string }): Memory {
  const { steps, without, withinMs, same } = definition;
  const isStep = steps.map(matching);
  const isForbidden = matchingAny(without);
  const readSame = sameIn(same);
  const last = steps.length - 1;

  /** What becomes of a chain, or of none yet. */
  function advanced(chain: Chain, event: HermesEvent, meant: Meant, atMs: number, isLate: boolean): Chain {
    let upTo = chain.upTo;
    if (meant.isForbidden)
      upTo = upTo.map((events) => (events !== null && receivedMsOf(events[0]!) <= atMs + APART_MS ? null : events));
    if (isLate) return { ...chain, upTo };
    const next = [...upTo];
    for (let step = 0; step < last; step++) {
      // As it was before this event, which is one step only.
      const before = step === 0 ? [] : upTo[step - 1]!;
      if (before === null || !meant.steps[step]!) continue;
      const began = step === 0 ? atMs : receivedMsOf(before[0]!);
      const known = next[step];
      if (known !== null && known !== undefined && receivedMsOf(known[0]!) > began) continue;
      next[step] = [...before, kept(event)];
    }
    return { ...chain, upTo: next };
  }

  function observe(given: MemoryState | undefined, event: HermesEvent, beside?: BesideEvent): MemoryStep {
    const before = given?.kind === 'sequence' ? given : NOTHING;
    const unchanged = (value?: MemoryValue): MemoryStep => ({ state: given, value, keepMs: 0, dropped: 0 });
    const name = readSame(event);
    if (name === undefined) return unchanged();
    const meant = { steps: isStep.map((matches) => matches(event, beside)), isForbidden: isForbidden(event, beside) };
    if (!meant.isForbidden && !meant.steps.includes(true)) return unchanged();
    const atMs = receivedMsOf(event);
    const isLate = atMs < before.newestMs - APART_MS;
    const chain = before.chains.find((one) => one.same === name) ?? {
      same: name,
      upTo: steps.slice(1).map(() => null),
    };
    const complete = !isLate && meant.steps[last]! ? chain.upTo[last - 1]! : null;
    const holds = complete !== null && atMs - receivedMsOf(complete[0]!) <= withinMs;
    const value = holds ? valueOf(complete, event) : undefined;
    const next = advanced(chain, event, meant, atMs, isLate);
    const newestMs = Math.max(before.newestMs, atMs);
    const isOver = (one: Chain): boolean => beganMs(one) < newestMs - APART_MS - withinMs;
    const others = before.chains.filter((one) => one.same !== name && !isOver(one));
    const living = next.upTo.some((events) => events !== null) && !isOver(next) ? [...others, next] : others;
    if (living.length === 0 && before.chains.length === 0) return unchanged(value);
    if (living.length === 0) return { state: undefined, value, keepMs: 0, dropped: 0 };
    const chains = bounded(living);
    return {
      state: { kind: 'sequence', newestMs, chains },
      value,
      keepMs: withinMs + BEHIND_MS,
      dropped: living.length - chains.length,
    };
  }

  return {
    definition,
    eventTypes: typesOf([...steps, ...without]),
    observe,
    due: (state) => ({ state, keepMs: withinMs + BEHIND_MS, dropped: 0, decided: [] }),
  };
}
