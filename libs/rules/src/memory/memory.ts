import type { DecisionFinding } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { BesideEvent } from './event-pattern.ts';
import type { KeptEvent } from './kept-event.ts';
import type { MemoryDefinition } from './memory-definition.ts';
import type { MemoryState } from './memory-state.ts';

/** Receipts of one key's events come from several doors, whose clocks are a little apart: what came this much earlier than another event is late. */
export const APART_MS = 60_000;
/** A partition may be behind by as much as its topic keeps; until then what was remembered is kept. */
export const BEHIND_MS = 24 * 3_600_000;

/** What a fact with a memory is where it holds. */
export interface MemoryValue {
  /** What paths lead into. */
  readonly shows: Readonly<Record<string, unknown>>;
  /** The events that it goes back to, oldest first; not the one in hand. */
  readonly seen: readonly KeptEvent[];
  /** Of checks on a broker's day: strongest first. */
  readonly findings?: readonly DecisionFinding[];
}

/** A memory after an event, or after time has passed. */
export interface MemoryStep {
  /** Undefined: nothing is remembered. The same one as before: nothing has changed. */
  readonly state: MemoryState | undefined;
  /** On the event in hand. */
  readonly value?: MemoryValue | undefined;
  /** When to ask `due`; undefined: only an event changes it. */
  readonly dueMs?: number | undefined;
  /** So long after this step the state has to be kept. */
  readonly keepMs: number;
  /** What was let go because it was too much. */
  readonly dropped: number;
}

/** What time has decided on an event that came before. */
export interface DecidedByTime {
  readonly event: KeptEvent;
  readonly value: MemoryValue;
}

/**
 * What a fact with a memory does with the events of one key, in the order of the log. Pure: a state is never changed, and the same events, with the same
 * beside them, give the same states and values, however partitions are cut and processes share them.
 */
export interface Memory {
  readonly definition: MemoryDefinition;
  /** The types of events that it looks at. */
  readonly eventTypes: readonly string[];
  observe(state: MemoryState | undefined, event: HermesEvent, beside?: BesideEvent): MemoryStep;
  /** Time has passed. */
  due(state: MemoryState, nowMs: number): MemoryStep & { readonly decided: readonly DecidedByTime[] };
}
